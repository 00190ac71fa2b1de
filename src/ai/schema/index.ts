/** Prepares a schema for a provider: wraps it, reduces it to what the provider accepts, or describes it in words. */
export { forGoogle } from './google-subset.js';
export { schemaAsText as inWords, inWordsFirst } from './schema-as-text.js';
export type { AnswerMode, SchemaMode, SchemaModeChoice } from './mode.js';
export { forStrictMode } from './strict-subset.js';
export { isWrapped, wrapped, WRAPPED } from './wrap.js';
