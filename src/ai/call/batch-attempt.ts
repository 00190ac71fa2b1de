import { amountOf, type BatchRecord, type BatchRow } from '../batch-store/index.js';
import { attemptId, type LedgerEntry } from '../ledger/index.js';

/** Returns the attempt that a request of a batch is, as the ledger has it before its end. The same each time. */
export function attemptOf(record: BatchRecord, index: number, { attribution, key, worst }: BatchRow): LedgerEntry {
  const { id, provider, model, createdAt, submittedAt: time = createdAt } = record;
  return {
    ...attribution,
    id: attemptId(time, `${id}-${index}`),
    time,
    call: key,
    attempt: 1,
    provider,
    model,
    lane: 'batch',
    worst: amountOf(worst),
  };
}
