/** The operator reference, generated from the operators' records. */
export { renderReference } from './render.js';
export { searchOperators } from './search.js';
