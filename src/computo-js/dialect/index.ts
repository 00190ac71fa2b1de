/** Parses JSON to nodes in either dialect, and detects the dialect. */
export { detectDialect, type DialectMarker, type Detection } from './detect.js';
export { wordsFor } from './foreign-operators.js';
export { parseScript } from './parser.js';
