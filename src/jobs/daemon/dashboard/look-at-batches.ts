import { amountOf, dollars, unansweredIn, type BatchRecord } from '../../../ai/index.js';
import type { BatchesLook, BatchView } from '../../../server/index.js';

const BATCHES_MAX = 20;

/** @param open those that have not ended, in the order of their creation */
export function lookAtBatches(open: readonly BatchRecord[]): BatchesLook {
  return { batches: open.slice(-BATCHES_MAX).reverse().map(viewOf), open: open.length };
}

function viewOf(record: BatchRecord): BatchView {
  const { id, pipeline, stage = null, provider, model, state, rows, done, createdAt, deadlineAt = null } = record;
  const isCounted = state !== 'gathering';
  const worst = isCounted ? amountOf(unansweredIn(record).worst) : null;
  return {
    id,
    pipeline,
    stage,
    provider,
    model,
    state,
    rows: isCounted ? rows : null,
    done,
    created: createdAt,
    deadline: deadlineAt,
    at_most: worst === null ? null : dollars(worst),
  };
}
