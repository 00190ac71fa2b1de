/** The JSON Schemas that users write for answers. ajv is imported when the first one is compiled. */
export { compileSchema, type CompiledSchema, type Validate } from './compile-schema.js';
