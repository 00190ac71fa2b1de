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

/** Returns the listener for the calls in a script, if any. */
export type TraceOf = (script: ScriptPlan) => TraceListener | undefined;

/** What scripts are compiled with, in addition to their own options. */
export interface ScriptContext {
  /** The tables in which they may look up rows. */
  readonly tables?: OpenTables | undefined;
  readonly traceOf?: TraceOf | undefined;
}

const programs = new WeakMap<ScriptPlan, Program>();

/**
 * Returns the program of a script, compiled once and shared by the fast path and the full path through a pipeline.
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
 * Prepares a script for a stage.
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

/** Returns a function that finds the `line:column` of an expression in a script's text. Cached, because many events may fail at it. */
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
 * Whether the script may read its second input. Only `$inputs` does that; a script that contains the word as plain data gets an
 * unneeded context. Scripts may be nested deeper than the call stack allows, so this keeps its own list.
 */
function mentionsInputs(script: Json): boolean {
  const left: Json[] = [script];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (part === '$inputs') return true;
    if (typeof part === 'object' && part !== null) for (const inner of Object.values(part)) left.push(inner as Json);
  }
  return false;
}
