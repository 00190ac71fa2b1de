/** Floor 4: AI providers. Import it only when a pipeline has an AI stage. */
export {
  doubtfulCalls,
  openBooks,
  standingOf,
  type Books,
  type DoubtfulCall,
  type Recovered,
  type Standing,
} from './books/index.js';
export { amountOf, unansweredIn, type BatchRecord } from './batch-store/index.js';
export { dayAt, nextDayStart } from './calendar.js';
export * from './call/index.js';
export { callKey, type CallIdentity, type CallRecord, type Found, type Pruned } from './journal/index.js';
export {
  DIMENSIONS,
  NO_VALUE,
  OTHERS,
  parseDimension,
  sumOf,
  type Dimension,
  type Group,
  type LedgerEntry,
  type Period,
  type Totals,
} from './ledger/index.js';
export { dollars, dollarText, type Nano } from './money/index.js';
export {
  costReport,
  costReportJson,
  knownCost,
  type CascadeCost,
  type CostQuestion,
  type CostReport,
} from './report/index.js';
export type { ApiKey } from './provider/index.js';
export { StateInUseError } from './owner/index.js';
export {
  parseEmbedding,
  parseRequest,
  parseTags,
  type CachePrefix,
  type JsonSchema,
  type ParsedRequest,
  type ParsedTags,
  type ReadPart,
  type Tags,
  type UniversalRequest,
} from './request/index.js';
export { openTracing, type Attributes } from './telemetry/index.js';
export { rekeyBooks } from './books/index.js';
export { StoreDamagedError, storesExist, type StoreLocation } from './store/index.js';
export { realWorld, type AiWorld } from './ai-world.js';
export { proxyFor } from './transport/index.js';
