/** JSON Pointer (RFC 6901): parsing, formatting, reading. */
export { arrayIndex, child, resolvePointer, type PointerReading } from './get.js';
export { compileGetter, type Getter } from './getter.js';
export { formatPointer, parsePointer, PointerSyntaxError } from './parse.js';
