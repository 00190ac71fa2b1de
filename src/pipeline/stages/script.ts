import { compile, parsePointer, spanAt, type Json, type Program, type TraceListener } from 'computo-js';
import { failureOf } from '../failure.js';
import type { ScriptPlan } from '../../config/index.js';
import type { OpenTables } from '../../config/kinds/index.js';

/** A compiled script as the pipeline runs it. */
export interface Script {
  readonly needsContext: boolean;
  /**
   * @param state a third input, `$inputs/2`
   * @throws EventFailure that names the stage
   */
  run(data: Json, context: Json, state?: Json): Json;
}

/** Who is told of the calls in a script. */
export type TraceOf = (script: ScriptPlan) => TraceListener | undefined;

/** What scripts are compiled with beside their own options. */
export interface ScriptContext {
  /** The tables that they may look rows up in. */
  readonly tables?: OpenTables | undefined;
  readonly traceOf?: TraceOf | undefined;
}

const programs = new WeakMap<ScriptPlan, Program>();

/**
 * The program of a script, compiled once: the lazy way through a pipeline and the whole way share it.
 *
 * @param tables of its pipeline
 * @throws ComputoError when the script can't be compiled
 */
export function programOf(spec: ScriptPlan, tables: OpenTables | undefined): Program {
  const known = programs.get(spec);
  if (known !== undefined) return known;
  const program = compile(spec.script, { ...spec.options, tables });
  programs.set(spec, program);
  return program;
}

/**
 * Makes a script ready for a stage.
 *
 * @param stage named in the failures of its events
 * @throws ComputoError when the script can't be compiled
 */
export function compileScript(spec: ScriptPlan, stage: string, { tables, traceOf }: ScriptContext): Script {
  const trace = traceOf?.(spec);
  const program =
    trace === undefined ? programOf(spec, tables) : compile(spec.script, { ...spec.options, tables, trace });
  const needsContext = mentionsInputs(spec.script);
  const placeOf = spec.text && placesIn(spec.text);
  return {
    needsContext,
    run(data, context, state) {
      try {
        if (state !== undefined) return program.run([data, context, state]);
        return program.run(needsContext ? [data, context] : [data]);
      } catch (error) {
        throw failureOf(error, stage, placeOf);
      }
    },
  };
}

/** Tells `line:column` of an expression in a script's text. Each is looked for once: many events may fail at it. */
function placesIn({ text, spans }: NonNullable<ScriptPlan['text']>): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    let place = known.get(path);
    if (place === undefined) {
      const before = text.slice(0, spanAt(spans, parsePointer(path)).start);
      place = `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
      known.set(path, place);
    }
    return place;
  };
}

/**
 * Whether the script may ask for its second input. Only `$inputs` reaches that; a script that has the word as mere data
 * gets a context for nothing. Scripts may be nested deeper than the stack is, so this keeps a list of its own.
 */
function mentionsInputs(script: Json): boolean {
  const left: Json[] = [script];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (part === '$inputs') return true;
    if (typeof part === 'object' && part !== null) for (const inner of Object.values(part)) left.push(inner as Json);
  }
  return false;
}
