/** Reads a model's answer as JSON, and checks it against the schema. */
export { schemaCheck, type SchemaCheck } from './schema-check.js';
