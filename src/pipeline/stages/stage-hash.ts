import { createHash } from 'node:crypto';
import type { Json } from 'computo-js';
import type { StagePlan } from '../../config/index.js';
import { stringifyJson } from '../../json/index.js';
import { stageKinds } from './index.js';

/** A hash of what a stage does: equal for stages that do the same. Its name and the limits of its state are not included. */
export function stageHash(stage: StagePlan): string {
  return hashOf(meaningOf(stage));
}

/** A hash of what a stage does and of the limits of its state: if it is the same, so are the results. */
export function boundedHash(stage: StagePlan): string {
  const bounds = stageKinds.of(stage).bounds?.(stage) ?? [];
  return hashOf([...meaningOf(stage), ...bounds.map((part) => part ?? null)]);
}

function meaningOf(stage: StagePlan): readonly unknown[] {
  return [stage.kind, ...stageKinds.of(stage).meaning(stage)].map((part) => part ?? null);
}

/** A hash of what a part of a pipeline means, 32 hexadecimal digits. Undefined members are ignored. */
export function hashOf(meaning: unknown): string {
  // A script may contain numbers that only our own printer preserves, and that printer does not accept `undefined`.
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
