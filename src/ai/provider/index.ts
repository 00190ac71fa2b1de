/** Providers: one HTTP attempt each time, and what its answer means. */
export { tooMuch } from './answer-bounds.js';
export type { ApiKey, Provider, ProviderAnswer, ProviderFailure, ProviderRequest, ProviderResult } from './provider.js';
export { createProvider } from './registry.js';
