/** The records of batches, and of the requests in them. */
export {
  amountOf,
  batchOf,
  createBatchStore,
  isUnsent,
  outIn,
  reservationOf,
  type BatchRecord,
  type BatchRow,
  type BatchState,
  type BatchStore,
  type Misses,
} from './batch-store.js';
