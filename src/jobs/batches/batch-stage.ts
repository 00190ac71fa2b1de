import { realWorld, type AiClient, type BatchRecord } from '../../ai/index.js';
import type { BatchPlan } from '../../pipeline/index.js';

/** A stage that may choose sends nothing in a batch with less time than this until its deadline. */
export const NEAR_MS = 1_800_000;

/** A stage that may send its requests in batches. */
export interface BatchStage {
  readonly plan: BatchPlan;
  /** Its place among the AI stages of the pipeline. */
  readonly place: number;
  /** When what has no answer goes live, milliseconds since the epoch. */
  deadlineAt: number | undefined;
  /** Where its requests go from now on; undefined while a stage that may choose has not seen enough of them. */
  lane: 'batch' | 'live' | undefined;
}

export type BatchStages = ReadonlyMap<string, BatchStage>;

/** The batches that hold a request of this run, by id. */
export type Needed = Map<string, BatchStage>;

export function isOver({ deadlineAt }: BatchStage): boolean {
  return deadlineAt !== undefined && realWorld.now() >= deadlineAt;
}

/** In the order of their creation. */
export async function recordsOf(
  { batches }: AiClient,
  needed: { readonly keys: () => Iterable<string> },
): Promise<readonly BatchRecord[]> {
  const records = await Promise.all([...needed.keys()].sort().map((id) => batches.record(id)));
  return records.filter((record) => record !== undefined);
}

/** Withdraws those of some batches that are not sent. */
export async function withdrawAll({ batches }: AiClient, ids: Iterable<string>, why: string): Promise<void> {
  for (const id of ids) await batches.withdraw(id, `not sent: ${why}`);
}
