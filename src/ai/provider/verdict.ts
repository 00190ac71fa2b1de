import type { FailureCode, Outcome } from './provider.js';

/** The meaning of an unsuccessful answer. */
export interface Verdict {
  readonly code: FailureCode;
  readonly outcome: Outcome;
}

const ELSEWHERE: Outcome = { kind: 'record-fatal', elsewhere: true };
const NOWHERE: Outcome = { kind: 'record-fatal', elsewhere: false };

export const OUT_OF_CREDIT: Verdict = {
  code: 'out_of_credit',
  outcome: { kind: 'provider-down-until', delayMs: Infinity },
};
/** Not enough for an answer of this size, or for any. */
export const NOT_ENOUGH_CREDIT: Verdict = { code: 'out_of_credit', outcome: { kind: 'refused' } };
export const FORBIDDEN: Verdict = { code: 'forbidden', outcome: { kind: 'refused' } };
export const TOO_LARGE: Verdict = { code: 'request_too_large', outcome: ELSEWHERE };
/** The content of the request is not allowed there. */
export const CONTENT_FILTERED: Verdict = { code: 'content_filtered', outcome: NOWHERE };
/** This key is invalid, or no longer valid. */
export const NOT_AUTHORIZED: Verdict = { code: 'not_authorized', outcome: { kind: 'run-fatal' } };
export const INVALID: Verdict = { code: 'invalid_request', outcome: NOWHERE };
/** This address is not the provider's. */
export const WRONG_ADDRESS: Verdict = { code: 'unsupported_request', outcome: { kind: 'run-fatal' } };
/** The address may be wrong, unless other rows are answered. */
const MISPLACED: Verdict = { code: 'unsupported_request', outcome: { kind: 'refused' } };
export const MODEL_NOT_FOUND: Verdict = { code: 'model_not_found', outcome: ELSEWHERE };

export function rateLimited(delayMs: number | undefined): Verdict {
  return { code: 'rate_limited', outcome: { kind: 'wait-until', delayMs } };
}

/** The meaning of a status when the body says nothing more specific. */
export function verdictOfStatus(status: number, retryAfterMs: number | undefined): Verdict {
  switch (status) {
    case 401:
      return NOT_AUTHORIZED;
    case 402:
      return NOT_ENOUGH_CREDIT;
    case 403:
      return FORBIDDEN;
    case 404:
      return MODEL_NOT_FOUND;
    case 408:
    case 409:
      return { code: 'server_error', outcome: { kind: 'retry-now' } };
    case 413:
      return TOO_LARGE;
    case 429:
      return rateLimited(retryAfterMs);
    case 500:
      return { code: 'server_error', outcome: { kind: 'retry-now' } };
  }
  if (status > 500) {
    // An overloaded server that names a time is obeyed like any other.
    if (retryAfterMs !== undefined) {
      return { code: 'overloaded', outcome: { kind: 'wait-until', delayMs: retryAfterMs } };
    }
    return {
      code: status === 503 || status === 529 ? 'overloaded' : 'server_error',
      outcome: { kind: 'retry-now' },
    };
  }
  if (status >= 400) return INVALID;
  // A redirect, or a success without content: something in between answered, or the address is not the provider's.
  return MISPLACED;
}

/** Whether a failed answer may have been billed: gateways give up on requests that continue behind them. */
export function billingOfStatus(status: number): 'none' | 'unknown' {
  return status === 502 || status === 504 || (status >= 520 && status <= 527) ? 'unknown' : 'none';
}
