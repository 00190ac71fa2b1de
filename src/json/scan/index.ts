/** Reading and writing JSON as bytes, for whoever wants only a few fields of many events. */
export { ByteWriter, literalOf, type Literal } from './byte-writer.js';
export { passageOf, stands, type Passage } from './passage.js';
export { createScanner, type Scanner } from './scanner.js';
export { textOf, type Text } from './skip.js';
export { copyText, copyValue, isNullOrMissing, readValue } from './value.js';
