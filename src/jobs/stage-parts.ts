import { createHash } from 'node:crypto';
import type { Json } from 'computo-js';
import { stringifyJson } from '../json/index.js';
import type { StagePlan } from '../config/index.js';
import type { OpenTable } from '../config/kinds/index.js';
import { keepsState, scriptMeaning, stageKinds, type PipelineSpec } from '../pipeline/index.js';

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
  const parts: (readonly [string, unknown])[] = [
    ['the name of the pipeline', name],
    ...stages.map((stage, index) => [`stage ${index + 1}`, meaningOf(stage)] as const),
    ['routing_key', routingKey === undefined ? null : scriptMeaning(routingKey)],
    ...Object.values(tables).map((table) => [`table ${table.plan.name}`, tableMeaning(table)] as const),
    ['on_error', onError],
    ['what its outputs take', outputs],
  ];
  return parts.map(([part, meaning]) => [part, hashOf(meaning)]);
}

/** The stages that know something of the events before, as hashes: what they know is kept for these alone. */
export function statefulParts({ stages }: PipelineSpec): readonly string[] {
  return stages.filter(keepsState).map((stage) => hashOf(meaningOf(stage)));
}

/** The rows of a table, and what they are looked up by: not where they came from. */
function tableMeaning({ sha256, memory: { key, textKeys } }: OpenTable): unknown {
  return { sha256, key, textKeys };
}

function meaningOf(stage: StagePlan): unknown {
  return [stage.kind, ...stageKinds.of(stage).meaning(stage)].map((part) => part ?? null);
}

function hashOf(meaning: unknown): string {
  // A script may hold numbers that only its own printer keeps; that knows no `undefined`.
  const text = stringifyJson(withoutUndefined(meaning) as Json);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, withoutUndefined(one)]])),
  );
}

/** The parts that are not as they were. */
export function changedParts(before: readonly StagePart[], now: readonly StagePart[]): readonly string[] {
  const [was, is] = [new Map(before), new Map(now)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
}
