import { NumberText, type Json } from 'computo-js';
import type { OutputTake } from '../config/index.js';
import { stringifyJson } from '../json/index.js';
import { EventFailure } from './failure.js';
import type { PipelineSpec } from './spec.js';
import { compileScript, compileStage, FILTERED, type Stage, type TraceOf } from './stages/index.js';
import { stopwatch } from './observation.js';

/** A compiled pipeline without asynchronous stages: a function from data to data, and the routing to outputs. */
export interface Pipeline extends Routing {
  /** Whether any script reads `$inputs/1`; if not, the context need not be made. */
  readonly needsContext: boolean;
  /**
   * Runs every stage.
   *
   * @throws EventFailure
   */
  readonly transform: Transform;
  /** Like {@link transform}, and reports each stage when it is done, including one that failed. */
  watched(onStage: (done: StageDone) => void): Transform;
}

export type Transform = (data: Json, context: Json) => Json | typeof FILTERED;

/** Reports that a stage is done with an event. */
export interface StageDone {
  readonly stage: string;
  readonly seconds: number;
  /** What the stage made; undefined if it failed. */
  readonly data: Json | typeof FILTERED | undefined;
}

/** Decides which outputs an event goes to. */
export interface Routing {
  /**
   * Returns the routing key of finished data, if the pipeline sets one.
   *
   * @throws EventFailure
   */
  routingKey(data: Json, context: Json): string | undefined;
  /** Returns the numbers of the outputs that take the key. */
  outputsFor(key: string | undefined): readonly number[];
}

/**
 * @param spec without AI stages
 * @throws ComputoError when a script can't be compiled
 */
export function compilePipeline(spec: PipelineSpec, traceOf?: TraceOf): Pipeline {
  const stages = spec.stages.map((stage) => compileStage(stage, { tables: spec.tables, traceOf }));
  const routing = compileRouting(spec, traceOf);
  return {
    ...routing,
    needsContext: stages.some((stage) => stage.needsContext) || routing.needsContext,
    transform: chain(stages),
    watched: (onStage) => chain(stages.map((stage) => watched(stage, onStage))),
  };
}

/** @throws ComputoError when the routing key's script can't be compiled */
export function compileRouting(
  { routingKey, tables, outputs }: PipelineSpec,
  traceOf?: TraceOf,
): Routing & { readonly needsContext: boolean } {
  const key = routingKey && compileScript(routingKey, 'routing_key', { tables, traceOf });
  return {
    needsContext: key?.needsContext === true,
    routingKey: (data, context) => key && keyOf(key.run(data, context)),
    outputsFor: outputChooser(outputs),
  };
}

function chain(stages: readonly Stage[]): Pipeline['transform'] {
  const [only] = stages;
  if (only !== undefined && stages.length === 1) return (data, context) => only.run(data, context);
  return (data, context) => {
    let current = data;
    for (const stage of stages) {
      const next = stage.run(current, context);
      if (next === FILTERED) return FILTERED;
      current = next;
    }
    return current;
  };
}

function watched(stage: Stage, onStage: (done: StageDone) => void): Stage {
  return {
    ...stage,
    run(data, context) {
      const seconds = stopwatch();
      let made: StageDone['data'];
      try {
        made = stage.run(data, context);
        return made;
      } finally {
        onStage({ stage: stage.name, seconds: seconds(), data: made });
      }
    },
  };
}

/** Converts a value to a routing key, which is text: numbers and booleans as JSON prints them; null is no key. */
function keyOf(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null) return undefined;
  if (typeof value === 'object' && !(value instanceof NumberText)) {
    const message = `the routing key must be a string, got ${Array.isArray(value) ? 'an array' : 'an object'}`;
    throw new EventFailure('invalid_argument', message, 'routing_key');
  }
  return stringifyJson(value);
}

/** Finds the outputs that take an event, by its routing key. */
export function outputChooser(outputs: PipelineSpec['outputs']): Pipeline['outputsFor'] {
  const numbersOf = (takes: (output: OutputTake) => boolean): readonly number[] =>
    outputs.flatMap((output, index) => (takes(output) ? [index] : []));
  const isUnconditional = ({ when, otherwise }: OutputTake): boolean => when === undefined && otherwise !== true;
  const takers = new Map<string, readonly number[]>();
  for (const key of new Set(outputs.flatMap((output) => output.when ?? []))) {
    takers.set(
      key,
      numbersOf((output) => isUnconditional(output) || output.when?.includes(key) === true),
    );
  }
  const unconditional = numbersOf(isUnconditional);
  const others = unconditional.length > 0 ? unconditional : numbersOf(({ otherwise }) => otherwise === true);
  if (takers.size === 0) return () => others;
  return (key) => (key === undefined ? others : (takers.get(key) ?? others));
}
