/** The operators' reference, made from their records. */
export { renderReference } from './render.js';
export { searchOperators } from './search.js';
