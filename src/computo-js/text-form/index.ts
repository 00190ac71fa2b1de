/** Scripts as written by hand: another notation for the same JSON. */
export { parseText, type ParsedText } from './parse.js';
export { printText } from './print.js';
export type { Span } from './span.js';
export { TextFormError } from './text-error.js';
