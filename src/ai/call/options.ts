import type { ProbeDown } from '../breaker/index.js';
import type { LedgerEntry } from '../ledger/index.js';
import type { CostPerToken } from '../money/index.js';
import type { ApiKey, StandInOptions } from '../provider/index.js';
import type { AttemptObserver, Attributes } from '../telemetry/index.js';
import type { StoreLocation } from '../store/index.js';
import type { Network, Timeouts, Transport } from '../transport/index.js';

/** Limits per minute, as written in a config. */
export interface RateLimit {
  readonly requests_per_minute?: number | undefined;
  readonly tokens_per_minute?: number | undefined;
}

/** A model of a provider, and its own settings. */
export interface ModelOptions {
  readonly name: string;
  /** The provider's name of the model. Default: the same name. */
  readonly as?: string | undefined;
  readonly cost_per_token?: CostPerToken | undefined;
  readonly rate_limit?: RateLimit | undefined;
  readonly max_output_tokens?: number | undefined;
  readonly context_window?: number | undefined;
}

/** A resolved provider: defaults filled in, secrets wrapped. */
export interface LaneOptions {
  readonly name: string;
  readonly kind: string;
  /** The keys, with a lane for each, which share all other settings. None: one lane, without a key. */
  readonly apiKeys?: readonly ApiKey[] | undefined;
  readonly baseUrl?: string | undefined;
  /** Default: any model that its kind may know. */
  readonly models?: readonly ModelOptions[] | undefined;
  /** For models without a price of their own. */
  readonly cost_per_token?: CostPerToken | undefined;
  readonly rate_limit?: RateLimit | undefined;
  readonly maxConcurrency?: number | undefined;
  readonly timeouts?: Timeouts | undefined;
  /** Default: a direct connection, with the usual certificates. */
  readonly network?: Network | undefined;
  /** Makes the transport that stands in for the real one. Default: requests are sent. */
  readonly standIn?: ((options: StandInOptions) => Transport) | undefined;
  /** Whether answers are streamed. Default: wherever the server can. */
  readonly stream?: boolean | undefined;
  readonly breaker?: { readonly threshold: number; readonly openForMs: number } | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
}

export interface RetryOptions {
  /** The most attempts of a call at one provider, including the first. */
  readonly attemptsMax: number;
  /** The longest wait before the first retry; it doubles with each further one. */
  readonly baseDelayMs: number;
  readonly delayMsMax: number;
  /** The longest wait that a server may ask for; if it asks for more, another provider is tried, or the run stops. */
  readonly retryAfterMsMax: number;
}

/** Amounts are in US dollars, as decimal text or number. */
export interface BudgetOptions {
  /** The limit for a calendar day, over all pipelines and processes that share the store. */
  readonly daily?: string | number | undefined;
  /** The limit per day of each pipeline, by name. */
  readonly pipelines?: Readonly<Record<string, string | number>> | undefined;
  /** The limit for this run: for all clients of its id. */
  readonly run?: string | number | undefined;
  /** Default: a run of this client alone. */
  readonly runId?: string | undefined;
  /** Why nothing more may be sent in this run. */
  readonly spent?: string | undefined;
  /** Share of a daily budget at which a warning is given, once a day. 0 to 1. */
  readonly alertThreshold?: number | undefined;
  /** IANA name of the zone whose calendar days count. */
  readonly timeZone?: string | undefined;
  /** What to do when the day's budget is spent: stop, to be resumed later, or wait for the next day. */
  readonly whenSpent?: 'stop' | 'wait' | undefined;
}

export type InDoubtPolicy = 'retry' | 'hold' | 'fail';

export interface AiClientOptions {
  readonly providers: readonly LaneOptions[];
  /** Where journal, ledger and budget are. */
  readonly store: StoreLocation;
  /** Whether a process that can't be looked up from here is known to be gone. Default: an hour after it was last heard of. */
  readonly isGone?: ((owner: string) => boolean) | undefined;
  readonly budget?: BudgetOptions | undefined;
  readonly journal?:
    | {
        readonly ttlMs?: number | undefined;
        readonly bytesMax?: number | undefined;
        /** `hash`: prompts are not stored. */
        readonly store?: 'full' | 'hash' | undefined;
        /** Whether this client's answers are kept apart, in memory: it neither takes nor leaves any. */
        readonly isApart?: boolean | undefined;
      }
    | undefined;
  /** How many milliseconds to wait when no provider is available, before stopping. Infinity: as long as it takes. */
  readonly providerWaitMs?: number | undefined;
  /**
   * When one call probes a provider that rejects everybody (a wrong key, no credit, a wrong address) or names a long wait: for
   * processes that run for months. Default: never, or not before the time named.
   */
  readonly probeDown?: ProbeDown | undefined;
  /** Called with what a person should know. Must not throw. */
  readonly onNotice?: ((notice: Notice) => void) | undefined;
  readonly hooks?: CallHooks | undefined;
  /** Receives every attempt, and is closed with the client. */
  readonly observer?: AttemptObserver | undefined;
}

/** Callbacks for metrics. None may throw. */
export interface CallHooks {
  /** An attempt has ended and is settled. `attributes`: what is reported to OpenTelemetry about it. */
  readonly onAttempt?: (entry: LedgerEntry, attributes: () => Attributes) => void;
  /** A call has ended; `cached`: answered by the journal, or together with an equal call. */
  readonly onCall?: (result: 'answered' | 'cached' | 'failed') => void;
  /** A call waited this long for a lane's limits, in milliseconds. */
  readonly onLimiterWait?: (lane: string, ms: number) => void;
}

/** Something that a person should know, and that doesn't stop anything. */
export interface Notice {
  readonly kind:
    | 'budget-alert'
    | 'provider-down'
    | 'provider-up'
    | 'waiting'
    | 'request-changed'
    | 'in-doubt'
    | 'renamed-stage'
    | 'batch';
  /** For a person, without secrets. */
  readonly message: string;
}

export const DEFAULTS = {
  timeouts: { connectMs: 10_000, idleMs: 60_000, totalMs: 600_000 },
  breaker: { threshold: 5, openForMs: 30_000 },
  retry: { attemptsMax: 4, baseDelayMs: 500, delayMsMax: 30_000, retryAfterMsMax: 120_000 },
  alertThreshold: 0.8,
  timeZone: 'UTC',
  /** How long attempts stay in the ledger: a year, and some days to look back on it. */
  ledgerKeptMs: 400 * 86_400_000,
  journalTtlMs: 30 * 86_400_000,
  journalBytesMax: 4 * 1024 ** 3,
  providerWaitMs: 300_000,
  maxTokens: 1000,
} as const;
