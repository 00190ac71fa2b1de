/** JSON as text, exactly: numbers of any size, keys in order, and errors with their place. */
export { DataFault } from './data-fault.js';
export { parseExactly, stringEnd, stringOf } from './exact-parser.js';
export { readNumber } from './number.js';
export { JsonDepthError, JsonSyntaxError } from './syntax-error.js';
