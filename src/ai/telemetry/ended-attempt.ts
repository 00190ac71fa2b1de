import type { LedgerEntry } from '../ledger/index.js';
import type { Provider, ProviderRequest } from '../provider/index.js';

/** An HTTP attempt that has ended: what the ledger has of it, and what was asked where. */
export interface EndedAttempt {
  readonly entry: LedgerEntry;
  readonly request: ProviderRequest;
  readonly provider: Pick<Provider, 'name' | 'baseUrl' | 'telemetryName'>;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** The provider's word for how its answer ended; null: it had none; undefined: there is no answer. */
  readonly finish?: string | null | undefined;
  /** What the provider calls its answer. */
  readonly responseId?: string | undefined;
}

/** Is told of every attempt. Neither throws, nor keeps anybody waiting before it is closed. */
export interface AttemptObserver {
  ended(attempt: EndedAttempt): void;
  /** Lets go of what it has gathered, in bounded time. */
  close(): Promise<void>;
}
