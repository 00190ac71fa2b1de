/** Calls: one request to one answer, with all retries. */
export type {
  AnsweredCall,
  AiCallOptions,
  CallFailureCode,
  CallResult,
  FailedCall,
  StoppedCall,
  StopReason,
  Took,
  TruncatedPolicy,
  Usage,
} from './call.js';
export { createAiClient, type AiClient } from './client.js';
export type { Estimate } from './estimate.js';
export type {
  AiClientOptions,
  BudgetOptions,
  CallHooks,
  InDoubtPolicy,
  ModelOptions,
  Notice,
  LaneOptions,
  RateLimit,
  RetryOptions,
} from './options.js';
export type { DayAccount } from './run-budget.js';
export type { AiStatus, ProviderStatus } from './status.js';
export type { Spending } from './day-spending.js';
export { BatchRefusedError } from './batch-driver.js';
export { rekeyBatches } from './batch-rekey.js';
export { contentText } from './batch-words.js';
export type { Gathered as BatchedRequest } from './batch-gatherer.js';
export type { BatchLane, Gathering } from './batch-lane.js';
