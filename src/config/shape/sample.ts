import { joinShapes, shapeOf, type Shape } from 'computo-js';
import { JsonSyntaxError, parseJson } from '../../json/index.js';

/** The most events of a sample that are examined. */
export const SAMPLE_EVENTS_MAX = 1000;

/** The shape of events, as far as a sample shows it. */
export interface Sample {
  /** Its name in messages. */
  readonly name: string;
  readonly shape: Shape;
  /** The number of events it was inferred from. */
  readonly events: number;
}

/** The origin of shapes that come from a sample instead of a script. */
export const SAMPLE_ORIGIN = Symbol('sample');

/**
 * Infers the shape of events from lines of JSON. Skips blank lines and lines that are not JSON: a run reports those.
 *
 * @param lines only the first {@link SAMPLE_EVENTS_MAX} events among them count
 * @returns undefined if there are no events
 */
export function sampleOf(name: string, lines: Iterable<string>): Sample | undefined {
  let shape: Shape | undefined;
  let events = 0;
  for (const line of lines) {
    if (events >= SAMPLE_EVENTS_MAX) break;
    const seen = eventShape(line.startsWith('\ufeff') ? line.slice(1) : line);
    if (seen === undefined) continue;
    shape = shape === undefined ? seen : joinShapes(shape, seen);
    events += 1;
  }
  return shape && { name, shape, events };
}

function eventShape(line: string): Shape | undefined {
  if (line.trim() === '') return undefined;
  try {
    return shapeOf(parseJson(line), { by: SAMPLE_ORIGIN, path: '' });
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
