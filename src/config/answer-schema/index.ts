/** The JSON Schemas that users write for answers. Lightweight: ajv is imported when the first schema is compiled. */
export { compileSchema, type CompiledSchema, type Validate } from './compile-schema.js';
export { isSchemaObject, mapSchemas, schemasIn, withoutKeywords, type SchemaObject } from './walk.js';
