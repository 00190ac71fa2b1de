/** Reading and writing JSON as bytes, for whoever wants only a few fields of many events. */
export { ByteWriter } from './byte-writer.js';
export { createScanner, type Scanner } from './scanner.js';
export { copyValue, readValue } from './value.js';
