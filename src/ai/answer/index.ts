/** What a model's answer says as JSON, and whether it satisfies the schema. */
export { schemaCheck, type SchemaCheck } from './schema-check.js';
