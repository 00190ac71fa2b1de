/** Providers: one HTTP attempt per call, and the meaning of its answer. */
export { tooMuch } from './answer-bounds.js';
export type { AnswerParts } from './answer-parts.js';
export type {
  ApiKey,
  EmbeddingLimits,
  Outcome,
  Provider,
  ProviderAnswer,
  ProviderFailure,
  ProviderRequest,
  ProviderResult,
} from './provider.js';
export { createProvider } from './registry.js';
