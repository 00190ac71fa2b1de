import { joinShapes, shapeOf, type Shape } from 'computo-js';
import { JsonSyntaxError, parseJson } from '../../json/index.js';

/** Events of a sample that are looked at. */
export const SAMPLE_EVENTS_MAX = 1000;

/** The shape of events, as far as a sample of them shows it. */
export interface Sample {
  /** How messages name it. */
  readonly name: string;
  readonly shape: Shape;
  /** How many events it was made from. */
  readonly events: number;
}

/** The origin of what a sample shows, in the place of a script. */
export const SAMPLE_ORIGIN = Symbol('sample');

/**
 * Infers the shape of events from lines of JSON. Blank lines and lines that are no JSON are passed over: a run says what is
 * wrong with those.
 *
 * @param lines the first {@link SAMPLE_EVENTS_MAX} events among them count
 * @returns undefined if there is no event
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
