/** Calls: one request to one answer, whatever it takes. */
export type {
  AnsweredCall,
  CallContext,
  CallFailureCode,
  CallResult,
  FailedCall,
  StoppedCall,
  StopReason,
  Usage,
} from './call.js';
export { createAiClient, type AiClient } from './client.js';
export type { Estimate } from './estimate.js';
export {
  DEFAULTS,
  type AiClientOptions,
  type BudgetOptions,
  type CallHooks,
  type InDoubtPolicy,
  type ModelSetup,
  type Notice,
  type ProviderSetup,
  type RateLimit,
  type RetryOptions,
} from './options.js';
export type { DayAccount } from './purse.js';
export type { AiStatus, ProviderStatus } from './status.js';
export type { Spending } from './day-spending.js';
