import {
  ANY_SHAPE,
  formatPointer,
  inferShape,
  joinShapes,
  objectShape,
  parsePointer,
  shapeOf,
  type Inferred,
  type Json,
  type Miss,
  type Origin,
  type Shape,
} from 'computo-js';
import { didYouMean, type Diagnostic, type RelatedPlace } from '../diagnostic/index.js';
import type { ScriptOptions } from '../plan/pipeline-plan.js';
import { diagnoseScript, inDialectOf, placeInScript, type ScriptSource } from '../script/index.js';
import { diagnose, type SourceDocument } from '../source/index.js';
import { AI_ANSWER, EVENT_CONTEXT } from './event-context.js';
import { SAMPLE_ORIGIN, type Sample } from './sample.js';

/** A step of a pipeline, as far as shapes are concerned. */
export interface ShapeStep {
  /** `unknown`: a stage that is broken; after it nothing is known. */
  readonly kind: 'computo' | 'filter' | 'ai' | 'routing_key' | 'unknown';
  /** Absent where there is none, or none that can be had. */
  readonly script?: ScriptSource | undefined;
  /** Where the pipeline names or holds the script. */
  readonly site?: { readonly document: SourceDocument; readonly pointer: string };
  /** Of an AI stage: JSON Pointer to where its answer lands. */
  readonly into?: string | undefined;
  /** Data that may come in the place of what the steps before made. */
  readonly orElse?: Json | undefined;
}

/**
 * Follows the shape of the data through a pipeline, and finds the places where a script reads what cannot be there.
 *
 * @param sample what the input looks like; without it, it can be anything
 */
export function checkShapes(
  steps: readonly ShapeStep[],
  options: ScriptOptions,
  sample: Sample | undefined,
): Diagnostic[] {
  const findings: Diagnostic[] = [];
  let data = sample?.shape ?? ANY_SHAPE;
  for (const step of steps) {
    const { script, kind, orElse } = step;
    const given = orElse === undefined ? data : joinShapes(data, shapeOf(orElse));
    const inferred = script && inferredOf(script, options, given);
    if (script !== undefined) {
      findings.push(...(inferred?.misses ?? []).map((miss) => missFinding(script, miss, step, sample)));
      findings.push(...wrongKind(script, kind, inferred?.shape ?? ANY_SHAPE, sample));
    }
    if (kind === 'computo') data = inferred?.shape ?? ANY_SHAPE;
    if (kind === 'unknown') data = ANY_SHAPE;
    if (kind === 'ai') data = step.into === undefined ? AI_ANSWER : withMember(data, parsePointer(step.into));
  }
  return findings;
}

function inferredOf(script: ScriptSource, options: ScriptOptions, data: Shape): Inferred {
  const { dialect } = inDialectOf(script, options);
  return inferShape(script.script, { dialect, inputs: [data, EVENT_CONTEXT], by: script });
}

/** What a script gives that its step refuses, whatever the data. */
function wrongKind(
  script: ScriptSource,
  kind: ShapeStep['kind'],
  given: Shape,
  sample: Sample | undefined,
): Diagnostic[] {
  const isContainer = given.object !== undefined || given.array !== undefined;
  const problem =
    kind === 'routing_key' && isContainer && given.scalars.size === 0
      ? 'a routing key must be a string, but this gives'
      : kind === 'ai' && given.object === undefined && (given.array !== undefined || given.scalars.size > 0)
        ? 'the request of an AI stage must be an object, but this gives'
        : undefined;
  if (problem === undefined) return [];
  const scalars = [...given.scalars].map((scalar) => (scalar === 'null' ? scalar : `a ${scalar}`)).join(' or ');
  const what = given.object ? 'an object' : given.array ? 'a list' : scalars;
  const message = `${problem} ${what}`;
  const severity = sample === undefined ? 'error' : 'warning';
  return [diagnoseScript(script, '', { severity, code: 'wrong-kind', message })];
}

/** The data after an AI stage has put its answer in; missing parents are made. */
function withMember(data: Shape, segments: readonly string[]): Shape {
  const [segment, ...rest] = segments;
  if (segment === undefined) return AI_ANSWER;
  // Anything but an object fails.
  if (data.any || data.object === undefined) return ANY_SHAPE;
  const { fields, open, origin } = data.object;
  const before = fields.get(segment);
  const inside = before === undefined || before.optional ? rest.length > 0 : false;
  const shape = inside ? ANY_SHAPE : withMember(before?.shape ?? ANY_SHAPE, rest);
  return objectShape(new Map([...fields, [segment, { shape, optional: false }]]), open, origin);
}

function missFinding(script: ScriptSource, miss: Miss, { site }: ShapeStep, sample: Sample | undefined): Diagnostic {
  const { document, pointer } = script.origin;
  const segments = parsePointer(miss.pointer);
  const keys = [...(miss.at.object?.fields.keys() ?? [])];
  const isSampled = miss.at.object?.origin?.by === SAMPLE_ORIGIN;
  const prefix = formatPointer(segments.slice(0, miss.length));
  const where = prefix === '' ? 'the value' : JSON.stringify(prefix);
  const read = JSON.stringify(miss.pointer);
  const message =
    isSampled && sample !== undefined
      ? `no event of ${sample.name} has ${read}`
      : `there can be no ${read}: ${where} ${describe(miss.at, keys)}`;
  const near = didYouMean(segments[miss.length] ?? '', keys);
  const isElsewhere = site !== undefined && (site.document !== document || site.pointer !== pointer);
  const related = [
    ...originPlaces(miss.at.object?.origin),
    ...(isElsewhere ? [placeOf(site.document, site.pointer, 'the script runs here')] : []),
  ];
  return {
    ...diagnoseScript(script, miss.path, {
      // A sample is no proof, and a branch may never be taken.
      severity: miss.certain && !isSampled ? 'error' : 'warning',
      code: 'missing-field',
      message,
      hint: near,
    }),
    ...(related.length > 0 && { related }),
  };
}

const KEYS_SHOWN_MAX = 8;

function describe({ scalars, array }: Shape, keys: readonly string[]): string {
  if (keys.length > 0) {
    const shown = keys.slice(0, KEYS_SHOWN_MAX).map((key) => JSON.stringify(key));
    return `has only ${shown.join(', ')}${keys.length > KEYS_SHOWN_MAX ? ', …' : ''}`;
  }
  if (array !== undefined) return array.tuple === undefined ? 'is a list' : `is a list of ${array.tuple.length}`;
  return scalars.size > 0 ? `is ${[...scalars].join(' or ')}` : 'is empty';
}

function originPlaces(origin: Origin | undefined): RelatedPlace[] {
  if (origin === undefined || !isScriptSource(origin.by)) return [];
  return [{ ...placeInScript(origin.by, origin.path), message: 'it is built here' }];
}

function placeOf(document: SourceDocument, pointer: string, message: string): RelatedPlace {
  const { file, line, column } = diagnose(document, pointer, { severity: 'warning', code: 'missing-field', message });
  return { file, line, column, message };
}

function isScriptSource(by: unknown): by is ScriptSource {
  return typeof by === 'object' && by !== null && 'origin' in by && 'script' in by;
}
