/** From JSON to nodes, in either dialect, and how to tell which. */
export { detectDialect, type DialectMarker, type Detection } from './detect.js';
export { wordsFor } from './foreign-operators.js';
export { parseScript } from './parser.js';
