/**
 * Tables in which scripts look up rows: read whole, and kept as bytes that threads share. Light: loads the reader only when a
 * table is read.
 */
export { Table } from './table.js';
export { tables } from './tables.js';
