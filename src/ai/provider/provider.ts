import type { KeyRing } from '../../crypt/index.js';
import type { BillableTokens, CacheRates, Nano, Vendor } from '../money/index.js';
import type { LimitReport } from '../limit/index.js';
import type { CachePrefix, JsonSchema, UniversalRequest } from '../request/index.js';
import type { SchemaModeChoice } from '../schema/index.js';
import type { Network, Timeouts, Transport } from '../transport/index.js';
import type { AiWorld } from '../ai-world.js';
import type { BatchFile, BatchResult, Finding, RemoteBatch, Sought } from './batch-wire.js';
import type { AnswerParts } from './answer-parts.js';
import type { WireBodies } from './bodies.js';

/** The clock and timers of a provider. */
export type ProviderWorld = Pick<AiWorld, 'now' | 'after'>;

/** What a transport that stands in for the real one knows of its provider. */
export interface StandInOptions extends Pick<ProviderWorld, 'after'> {
  /** The provider's name. */
  readonly provider: string;
  readonly bodies: WireBodies;
  readonly timeouts: Timeouts;
  /** Creates the real transport, which sends. */
  readonly real: () => Transport;
}

/** A key that is revealed only on request. */
export interface ApiKey {
  reveal(): string | Promise<string>;
}

/** A provider's resolved settings: nothing is read from a config or the environment after this. */
export interface ProviderOptions {
  /** The provider's name in messages. */
  readonly name: string;
  readonly apiKey?: ApiKey | undefined;
  /** The address. Default: the vendor's own. */
  readonly baseUrl?: string | undefined;
  /** The models that it serves. Default: any that its kind may know. */
  readonly models?: readonly string[] | undefined;
  readonly timeouts: Timeouts;
  readonly network?: Network | undefined;
  /** Makes the transport that stands in for the real one. Default: requests are sent. */
  readonly standIn?: ((options: StandInOptions) => Transport) | undefined;
  /** Whether answers are streamed. Default: wherever the server can. */
  readonly stream?: boolean | undefined;
  /** Additional headers and query parameters. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
}

/** The request as sent: the universal request with all defaults applied. */
export interface ProviderRequest extends Omit<UniversalRequest, 'provider' | 'max_tokens'> {
  readonly maxOutputTokens: number;
  readonly schema?: JsonSchema | undefined;
  /** How the answer is bound to the schema. Default: `auto`. */
  readonly schemaMode?: SchemaModeChoice | undefined;
  /** Default: the provider's setting. */
  readonly stream?: boolean | undefined;
  /** What of it is to be kept in the provider's cache. Default: nothing is said of it. */
  readonly cache?: CachePrefix | undefined;
}

/** How an answer ended; all but `complete` are failures. `reason` is the provider's word for it; null: it gave none. */
export type Finish =
  | { readonly kind: 'complete'; readonly reason: string | null }
  | { readonly kind: 'truncated' | 'filtered' | 'refused' | 'unfinished'; readonly reason: string };

export interface ProviderAnswer {
  readonly text: string;
  readonly finish: Finish;
  /** The model that served, as the provider names it. */
  readonly model: string;
  readonly requestId?: string;
  /** The provider's id of the answer. */
  readonly responseId?: string;
  /** Undefined when the answer has no usage, or an implausible one. */
  readonly tokens: BillableTokens | undefined;
  /** The usage as the provider sent it. */
  readonly rawUsage: unknown;
  /** The cost reported by the provider, where it can be trusted. */
  readonly reportedCost?: Nano;
  /** Set if it was billed at rates other than the price table's: a service tier that was not requested. */
  readonly otherTariff?: string;
  /** The parts besides its text. */
  readonly parts?: AnswerParts;
  readonly limits: LimitReport;
  /** The vectors of the request's texts as JSON, in order, if it asks for vectors. */
  readonly vectors?: readonly string[];
  /** Its share of the cost of a request shared with others, if usage and price are known. */
  readonly share?: Nano;
  /** Parts of the request that this provider does not support and that were omitted. */
  readonly warnings: readonly string[];
}

/** What to do after a failed attempt. */
export type Outcome =
  | { readonly kind: 'retry-now' }
  /** The provider rejects requests of this form; the next one will have another. This is not an attempt. */
  | { readonly kind: 'ask-otherwise' }
  /** Too many requests. `delayMs`: the wait that the server asks for; undefined if it does not say. */
  | { readonly kind: 'wait-until'; readonly delayMs: number | undefined }
  /** It will serve nothing for this long; Infinity: until a person intervenes. */
  | { readonly kind: 'provider-down-until'; readonly delayMs: number }
  /** This request fails. `elsewhere`: another provider may accept it. */
  | { readonly kind: 'record-fatal'; readonly elsewhere: boolean }
  /** Either this request fails or everyone's: this shows when others are refused as well. */
  | { readonly kind: 'refused' }
  /** Every request would fail: a wrong key, a wrong address. */
  | { readonly kind: 'run-fatal' };

export type FailureCode =
  | 'aborted'
  | 'unreachable'
  | 'timeout'
  | 'connection_lost'
  | 'broken_answer'
  | 'rate_limited'
  | 'quota_exhausted'
  | 'out_of_credit'
  | 'overloaded'
  | 'server_error'
  | 'invalid_request'
  | 'request_too_large'
  | 'model_not_found'
  | 'content_filtered'
  | 'not_authorized'
  | 'forbidden'
  | 'unsupported_request';

export interface ProviderFailure {
  readonly code: FailureCode;
  readonly outcome: Outcome;
  /** For a person, without secrets. */
  readonly message: string;
  readonly status?: number;
  readonly requestId?: string;
  /** There is no connection, and probably won't be one until a person fixes it. */
  readonly lasting?: boolean;
  /** It failed together with others in one request, and another of them reports on the provider's health. */
  readonly shared?: boolean;
  /** The part of an answer that arrived before it broke off. */
  readonly partial?: string;
  /** `unknown`: the provider may have billed it. */
  readonly billing: 'none' | 'unknown';
  readonly limits: LimitReport;
}

export type ProviderResult =
  { readonly ok: true; readonly answer: ProviderAnswer } | { readonly ok: false; readonly failure: ProviderFailure };

export interface EmbeddingLimits {
  /** The most texts in one request. */
  readonly textsMax: number;
  /** The most tokens in one request, over all texts. */
  readonly tokensMax: number;
}

/** A request that is to be sent in a batch. */
export interface BatchRequest {
  /** Where a live request would go, below the base URL. */
  readonly endpoint: string;
  /** JSON text. */
  readonly body: string;
  /** Headers that ask for features which are new in the wire. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Of how many texts a call asked for the vectors, and whether as a list. */
export interface AskedVectors {
  readonly texts: number;
  readonly many: boolean;
}

/** The batches of one provider with one of its keys. What sends anything may throw BatchHttpError. */
export interface ProviderBatches {
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly keptMs: number;
  readonly needsUpload: boolean;
  /** Recognizes the key again, and tells nothing else of it. Undefined: it can't be read. @param salt of the mark */
  keyMark(salt: string): Promise<string | undefined>;
  /** Whether a request of this form may go in a batch. */
  takes(request: Pick<ProviderRequest, 'embedding' | 'messages'>): boolean;
  /** A request as a live one would be. Sends nothing. @throws Error when it can't be written */
  write(request: ProviderRequest): Promise<BatchRequest>;
  line(customId: string, written: BatchRequest): string;
  upload(file: BatchFile): Promise<string>;
  submit(file: BatchFile, uploaded: string | undefined): Promise<string>;
  poll(id: string): Promise<RemoteBatch>;
  cancel(id: string): Promise<void>;
  find(sought: Sought): Promise<Finding>;
  /** Adds a file of results to a file of ours, ended by a line break. @param keys with which our file is encrypted */
  download(path: string, file: string, keys?: KeyRing): Promise<void>;
  readLine(line: unknown): { readonly customId: string; readonly result: BatchResult } | undefined;
  /** The answer in a body; undefined: it is none. @param model that was asked @param vectors set if it asked for vectors */
  readAnswer(
    body: unknown,
    model: string,
    requestId: string | undefined,
    vectors?: AskedVectors,
  ): Promise<ProviderAnswer | undefined>;
  close(): void;
}

/** One configured provider. */
export interface Provider {
  readonly name: string;
  readonly kind: string;
  /** Where its requests go, in normalized form. */
  readonly baseUrl: string;
  /** The vendor whose prices apply. */
  readonly vendor: Vendor;
  /** What it bills for cached tokens where nobody says. Default: as for others. */
  readonly cacheRates?: CacheRates | undefined;
  /** Its name in OpenTelemetry's conventions, where its kind has one. */
  readonly telemetryName?: string | undefined;
  serves(model: string): boolean;
  /** The limits of one request for vectors; undefined if it has no vectors. */
  readonly embeddings: EmbeddingLimits | undefined;
  /** Returns the same provider with another key: they share what they learn about the server. @param name in messages */
  withKey(apiKey: ApiKey, name: string): Provider;
  /** Undefined: it has no batches. */
  readonly batches: ProviderBatches | undefined;
  /** Makes exactly one HTTP attempt. Never throws for anything that the server does. */
  call(request: ProviderRequest, signal: AbortSignal): Promise<ProviderResult>;
  close(): void;
}
