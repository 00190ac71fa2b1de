import type { LedgerEntry } from '../ledger/index.js';
import type { Provider, ProviderRequest } from '../provider/index.js';

/** An HTTP attempt that has ended: its ledger entry, and the request and provider. */
export interface EndedAttempt {
  readonly entry: LedgerEntry;
  readonly request: ProviderRequest;
  readonly provider: Pick<Provider, 'name' | 'baseUrl' | 'telemetryName'>;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** The provider's word for how its answer ended; null if it had none; undefined if there is no answer. */
  readonly finish?: string | null | undefined;
  /** The provider's id of the answer. */
  readonly responseId?: string | undefined;
}

/** Receives every attempt. Doesn't throw, and makes nobody wait before it is closed. */
export interface AttemptObserver {
  ended(attempt: EndedAttempt): void;
  /** Sends what it has gathered, in bounded time. */
  close(): Promise<void>;
}
