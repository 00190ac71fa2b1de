import type { SchemaObject } from '../../config/answer-schema/index.js';
import type { OpenAIProvider } from '@ai-sdk/openai';
import type { BillableTokens, CacheRates, Nano, Vendor } from '../money/index.js';
import type { AnswerMode, SchemaMode } from '../schema/index.js';
import type { AnswerParts } from './answer-parts.js';
import type { BatchWire } from './batch-wire.js';
import type { Assembly } from './assembly.js';
import type { WireBodies } from './bodies.js';
import type { EmbeddingLimits, Finish, ProviderRequest } from './provider.js';
import type { Verdict } from './verdict.js';

/** A model of the AI SDK: it writes the request's wire format. */
export type SdkModel = ReturnType<OpenAIProvider['chat']>;
export type SdkCallOptions = Parameters<SdkModel['doGenerate']>[0];

export interface SdkOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch: typeof fetch;
}

/** A model of the AI SDK whose answers are vectors. */
export type SdkEmbeddingModel = ReturnType<OpenAIProvider['embedding']>;

/** How to request vectors. */
export interface EmbeddingWire extends EmbeddingLimits {
  model(settings: SdkOptions, modelId: string): Promise<SdkEmbeddingModel>;
  /** The library's options for vectors of so many dimensions. */
  options(dimensions: number): NonNullable<Parameters<SdkEmbeddingModel['doEmbed']>[0]['providerOptions']>;
  /** Reads the body of a success; undefined when it is not such an answer. */
  read(body: unknown): WireVectors | undefined;
}

export interface WireVectors extends Pick<WireAnswer, 'model' | 'tokens' | 'rawUsage' | 'reportedCost'> {
  /** In the order of the texts. */
  readonly vectors: readonly (readonly number[])[];
}

/** The contents of an answer's body. */
export interface WireAnswer {
  readonly text: string;
  readonly finish: Finish;
  readonly model: string | undefined;
  readonly tokens: BillableTokens | undefined;
  readonly rawUsage: unknown;
  readonly reportedCost?: Nano | undefined;
  readonly otherTariff?: string | undefined;
  readonly parts?: AnswerParts | undefined;
}

/** The wire of one kind of provider: how to call it, and what its answers mean. */
export interface Wire {
  readonly kind: string;
  /** The default address; undefined: an address must be configured. */
  readonly baseUrl: string | undefined;
  readonly needsKey: boolean;
  readonly requestIdHeader: string;
  vendor(baseUrl: string): Vendor;
  /** Its name in OpenTelemetry's conventions for generative AI. Absent: it goes by the address. */
  readonly telemetryName?: string;
  /** Whether the vendor's own service may know a model of this name, when no list of models is configured. */
  knows(model: string): boolean;
  /** Why it does not accept a part of a message; undefined: it does. Absent: it accepts all parts. */
  refusesMedia?(media: { readonly mediaType: string; readonly url?: string | undefined }): string | undefined;
  /** Imports the wire's library and creates a model whose requests all go through `settings.fetch`. */
  model(settings: SdkOptions, modelId: string): Promise<SdkModel>;
  /** Absent: it has no vectors. */
  readonly embeddings?: EmbeddingWire;
  /** Many requests at once, for less and later. Absent: it has no batches. */
  readonly batches?: BatchWire;
  /** The ways to bind an answer to a schema, in the order in which they are tried where none is chosen. */
  readonly schemaModes: readonly SchemaMode[];
  /** A schema as it is sent in a mode; undefined: it does not fit. Default: the schema as it is. */
  schemaFor?(schema: SchemaObject, mode: SchemaMode): SchemaObject | undefined;
  /** Adapts the universal call options to this kind. */
  adapt(options: SdkCallOptions, request: ProviderRequest, answer: AnswerMode | undefined): SdkCallOptions;
  /**
   * How it caches what requests have in common. `marks`: up to a mark in the request. `prefix`: by itself, whatever requests begin
   * with. Absent: not that it is known.
   */
  readonly caches?: 'marks' | 'prefix';
  /** What it bills for cached tokens, where a config says nothing of that. Default: as for others. */
  readonly cacheRates?: CacheRates;
  /** Puts the events of a streamed answer together to the body that {@link read} reads. */
  assembly(): Assembly;
  /**
   * What servers may lack compared with the wire's documentation: they don't stream at all, or without an end mark or usage.
   * False: a stream without these is broken.
   */
  readonly streamsMayLack: {
    readonly endMark: boolean;
    readonly usage: boolean;
  };
  /** Reads the body of a success; undefined when it is not an answer. */
  read(body: unknown): WireAnswer | undefined;
  /** The status of an error that takes the place of an answer in a success; undefined if there is none. */
  choiceError?(body: unknown): number | undefined;
  /** Classifies by the body; undefined: the status decides. `now` is milliseconds since the epoch. */
  classify(status: number, body: unknown, retryAfterMs: number | undefined, now: number): Verdict | undefined;
  /** The provider's own description of the error. */
  errorText(body: unknown): string | undefined;
  /** What it sends, for tests in which it is not asked. */
  readonly bodies: WireBodies;
}
