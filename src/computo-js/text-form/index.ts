/** Scripts as people write them: another notation of the very same JSON. */
export { parseText, type ParsedText } from './parse.js';
export { printText } from './print.js';
export type { Span } from './span.js';
export { TextFormError } from './text-error.js';
