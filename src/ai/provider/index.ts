/** Providers: one HTTP attempt per call, and the meaning of its answer. */
export type { AnswerDefect, WireBodies } from './bodies.js';
export { tooMuch } from './answer-bounds.js';
export type { AnswerParts } from './answer-parts.js';
export { BatchFileError } from './batch-file-error.js';
export { BatchHttpError } from './batch-http-error.js';
export type { BatchFile, BatchResult, RemoteBatch } from './batch-wire.js';
export type {
  ApiKey,
  AskedVectors,
  EmbeddingLimits,
  Outcome,
  Provider,
  ProviderBatches,
  BatchRequest,
  ProviderAnswer,
  ProviderFailure,
  ProviderRequest,
  ProviderResult,
  StandInOptions,
} from './provider.js';
export { vectorsText } from './embeddings.js';
export { createProvider } from './registry.js';
