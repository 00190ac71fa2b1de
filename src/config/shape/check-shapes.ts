import {
  ANY_SHAPE,
  formatPointer,
  inferShape,
  joinShapes,
  parsePointer,
  shapeOf,
  type Inferred,
  type Json,
  type Miss,
  type Origin,
  type Shape,
  type TableShape,
} from 'computo-js';
import { didYouMean, type Diagnostic, type RelatedPlace } from '../diagnostic/index.js';
import type { ScriptOptions } from '../plan/pipeline-plan.js';
import { diagnoseScript, inDialectOf, placeInScript, type ScriptSource } from '../script/index.js';
import { diagnose, type SourceDocument } from '../source/index.js';
import { EVENT_CONTEXT } from './event-context.js';
import { SAMPLE_ORIGIN, type Sample } from './sample.js';

/** A step of a pipeline, reduced to what matters for shapes. */
export interface ShapeStep {
  readonly scripts: readonly ShapeScript[];
  /** The shape of the data behind the step. @param made the results of its scripts, in order */
  behind(data: Shape, made: readonly Shape[]): Shape;
  /** What one of its scripts must return but never does. */
  findProblem?(made: readonly Shape[]): { readonly script: number; readonly must: string } | undefined;
  /** Data that may replace the results of the steps before. */
  readonly orElse?: Json | undefined;
}

/** How the scripts are read, and what is known of the tables that they name. */
export interface ShapeOptions extends ScriptOptions {
  readonly tables?: Readonly<Record<string, TableShape>>;
}

export interface ShapeScript {
  /** Undefined if there is no script, or it could not be read. */
  readonly source: ScriptSource | undefined;
  /** What the script sees in place of the data. */
  readonly input?: Shape | undefined;
  /** Whether the script sees a state, which can be anything. */
  readonly seesState?: boolean;
  /** Where the pipeline names or contains the script. */
  readonly site?: { readonly document: SourceDocument; readonly pointer: string };
}

/**
 * Follows the shape of the data through a pipeline, and finds scripts that read fields that can't exist.
 *
 * @param sample the shape of the input; absent: the input can be anything
 */
export function checkShapes(
  steps: readonly ShapeStep[],
  options: ShapeOptions,
  sample: Sample | undefined,
): Diagnostic[] {
  const findings: Diagnostic[] = [];
  let data = sample?.shape ?? ANY_SHAPE;
  for (const step of steps) {
    const { scripts, orElse } = step;
    const given = orElse === undefined ? data : joinShapes(data, shapeOf(orElse));
    const made = scripts.map(({ source, site, input = given, seesState = false }) => {
      if (source === undefined) return ANY_SHAPE;
      const inferred = inferredOf(
        source,
        options,
        seesState ? [input, EVENT_CONTEXT, ANY_SHAPE] : [input, EVENT_CONTEXT],
      );
      findings.push(...inferred.misses.map((miss) => missFinding(source, site, miss, sample)));
      return inferred.shape;
    });
    findings.push(...wrongKind(step, made, sample));
    data = step.behind(data, made);
  }
  return findings;
}

function inferredOf(script: ScriptSource, options: ShapeOptions, inputs: readonly Shape[]): Inferred {
  const { dialect } = inDialectOf(script, options);
  return inferShape(script.script, { dialect, inputs, tables: options.tables, by: script });
}

/** Finds script results that the step refuses, whatever the data. */
function wrongKind(step: ShapeStep, made: readonly Shape[], sample: Sample | undefined): Diagnostic[] {
  const refused = step.findProblem?.(made);
  const source = refused && step.scripts[refused.script]?.source;
  const given = refused && made[refused.script];
  if (source === undefined || given === undefined) return [];
  const scalars = [...given.scalars].map((scalar) => (scalar === 'null' ? scalar : `a ${scalar}`)).join(' or ');
  const what = given.object ? 'an object' : given.array ? 'a list' : scalars;
  const message = `${refused?.must ?? ''}, but this gives ${what}`;
  const severity = sample === undefined ? 'error' : 'warning';
  return [diagnoseScript(source, '', { severity, code: 'wrong-kind', message })];
}

function missFinding(
  source: ScriptSource,
  site: ShapeScript['site'],
  miss: Miss,
  sample: Sample | undefined,
): Diagnostic {
  const { document, pointer } = source.origin;
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
    ...diagnoseScript(source, miss.path, {
      // A sample proves nothing, and a branch may never be taken.
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
