import type { OpenTable } from '../config/kinds/index.js';
import { boundedHash, hashOf, keepsState, scriptMeaning, stageHash, type PipelineSpec } from '../pipeline/index.js';

/** The name of a part of a pipeline, and its hash. */
export type StagePart = readonly [name: string, hash: string];

/**
 * Hashes everything that shapes a pipeline's results, part by part. Excludes how AI stages are served, because another provider
 * or route may be the very reason to continue.
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
 * The stages with state: a stage's state is kept only for an equal stage. The hash excludes limits on state, which are raised
 * because too much was forgotten.
 */
export function statefulParts({ stages }: PipelineSpec): readonly StagePart[] {
  return stages.filter(keepsState).map((stage) => [stage.name, stageHash(stage)]);
}

/** A table's rows and the key they are looked up by, but not where they came from. */
function tableMeaning({ sha256, memory: { key, textKeys } }: OpenTable): unknown {
  return { sha256, key, textKeys };
}

/** The names of the parts that differ. */
export function changedParts(before: readonly StagePart[], now: readonly StagePart[]): readonly string[] {
  const [was, is] = [new Map(before), new Map(now)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
}
