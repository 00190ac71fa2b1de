import type { ScriptPlan, StagePlan } from '../../config/index.js';
import { aggregateOf } from './aggregate.js';
import { dedupeOf } from './dedupe.js';
import { explodeOf } from './explode.js';
import { inputPath } from './kind.js';
import { sampleOf } from './sample.js';

/** The stages that flags request: each is what its kind makes of nothing but its main setting. */

export function explodeList(name: string, list: ScriptPlan): StagePlan {
  return explodeOf({ name, list });
}

export function sampleShare(name: string, share: number): StagePlan {
  return sampleOf({ name, share });
}

export function dedupeBy(name: string, key: ScriptPlan): StagePlan {
  return dedupeOf({ name, key });
}

/**
 * Counts the events by the result of a script, the most frequent first. The member with the value is named after the last segment
 * of a path.
 */
export function countBy(name: string, key: ScriptPlan): StagePlan {
  const last = inputPath(key)?.at(-1) ?? 'key';
  return aggregateOf({
    name,
    by: [{ name: last === COUNT ? 'key' : last, script: key }],
    values: [{ name: COUNT, kind: 'count' }],
    greatestFirst: COUNT,
  });
}

const COUNT = 'count';
