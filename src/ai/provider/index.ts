/** Providers: one HTTP attempt each time, and what its answer means. */
export type {
  ApiKey,
  FailureCode,
  Finish,
  Outcome,
  Provider,
  ProviderAnswer,
  ProviderFailure,
  ProviderOptions,
  ProviderRequest,
  ProviderResult,
} from './provider.js';
export { masked } from './masked.js';
export { createProvider, type ProviderKind } from './registry.js';
