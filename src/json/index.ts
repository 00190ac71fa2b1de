/** Floor 1: JSON as text, exactly; and as bytes, for readers that need only a few fields of many events. */
export { DataFault, JsonDepthError, JsonSyntaxError } from 'computo-js';
export { excessOf, type JsonBounds } from './bounds.js';
export { DEPTH_MAX_DEFAULT, mayLosePrecision, parseJson, parsePlain } from './parse.js';
export {
  ByteWriter,
  copyElements,
  copyText,
  copyValue,
  createScanner,
  isNullOrMissing,
  textLiteral,
  byteLiteral,
  readValue,
  isAt,
  textOf,
  type TextLiteral,
  type ByteLiteral,
  type Scanner,
  type Text,
  type LineRows,
} from './scan/index.js';
export { stringifyJson } from './stringify.js';
export { diffJson, type JsonChange } from './diff.js';
