/** Tables that scripts look rows up in: read whole, and kept as bytes that threads share. Light: the reader is loaded when one is read. */
export { Table } from './table.js';
export { tables } from './tables.js';
