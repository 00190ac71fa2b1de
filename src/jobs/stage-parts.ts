import type { OpenTable } from '../config/kinds/index.js';
import { boundedHash, hashOf, keepsState, scriptMeaning, stageHash, type PipelineSpec } from '../pipeline/index.js';

/** A part of a pipeline, as a hash. */
export type StagePart = readonly [name: string, hash: string];

/**
 * What shapes the results of a pipeline, part by part. How AI stages are served is none of it: another provider, another
 * route may be the very reason to go on.
 */
export function stageParts({
  name,
  stages,
  routingKey,
  tables = {},
  onError,
  outputs,
}: PipelineSpec): readonly StagePart[] {
  return [
    ['the name of the pipeline', hashOf(name)],
    ...stages.map((stage, index): StagePart => [`stage ${index + 1}`, boundedHash(stage)]),
    ['routing_key', hashOf(routingKey === undefined ? null : scriptMeaning(routingKey))],
    ...Object.values(tables).map((table): StagePart => [`table ${table.plan.name}`, hashOf(tableMeaning(table))]),
    ['on_error', hashOf(onError)],
    ['what its outputs take', hashOf(outputs)],
  ];
}

/**
 * The stages that know something of the events before: what one knows is kept for its like alone. How much it may know is none of
 * it: it is raised because too much was forgotten.
 */
export function statefulParts({ stages }: PipelineSpec): readonly StagePart[] {
  return stages.filter(keepsState).map((stage) => [stage.name, stageHash(stage)]);
}

/** The rows of a table, and what they are looked up by: not where they came from. */
function tableMeaning({ sha256, memory: { key, textKeys } }: OpenTable): unknown {
  return { sha256, key, textKeys };
}

/** The parts that are not as they were. */
export function changedParts(before: readonly StagePart[], now: readonly StagePart[]): readonly string[] {
  const [was, is] = [new Map(before), new Map(now)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
}
