/** The JSON Schemas that users write for answers. Light: ajv is imported when the first one is compiled. */
export { compileSchema, type CompiledSchema, type Validate } from './compile-schema.js';
export { isSchemaObject, mapSchemas, schemasIn, withoutKeywords, type SchemaObject } from './walk.js';
