/** The records of batches, and of the requests in them. */
export {
  amountOf,
  batchOf,
  createBatchStore,
  isUnsent,
  outIn,
  reservationOf,
  unansweredIn,
  type BatchRecord,
  type BatchRow,
  type BatchState,
  type BatchStore,
  type Misses,
  type Unanswered,
} from './batch-store.js';
