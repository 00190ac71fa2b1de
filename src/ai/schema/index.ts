/** A schema on its way to a provider: wrapped, cut down to what it takes, or put into words. */
export { forGoogle } from './google-subset.js';
export { inWords, inWordsFirst } from './in-words.js';
export type { AnswerMode, SchemaMode, SchemaModeChoice } from './mode.js';
export { forStrictMode } from './strict-subset.js';
export { isWrapped, wrapped, WRAPPED } from './wrap.js';
