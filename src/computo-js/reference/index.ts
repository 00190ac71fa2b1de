/** The operators' reference, made from their records. */
export { renderReference } from './render.js';
