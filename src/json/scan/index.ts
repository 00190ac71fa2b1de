/** Reading and writing JSON as bytes, for readers that need only a few fields of many events. */
export { ByteWriter, textLiteral, type TextLiteral } from './byte-writer.js';
export { byteLiteral, isAt, type ByteLiteral } from './byte-literal.js';
export { createScanner, type Scanner } from './scanner.js';
export { textOf, type Text } from './skip.js';
export { copyElements, copyText, copyValue, isNullOrMissing, readValue } from './value.js';
export type { LineRows } from './value-slots.js';
