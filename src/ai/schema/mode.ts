import type { SchemaObject } from '../../config/answer-schema/index.js';

/**
 * How a provider is bound to a schema. `strict`: by a grammar, within the subset of JSON Schema that it accepts. `json_schema`:
 * with the schema as it is. `json_object`: to any JSON, with the schema in the prompt. `prompt`: by the prompt alone. `tool`: as
 * the arguments of a function that it must call.
 */
export type SchemaMode = 'strict' | 'json_schema' | 'json_object' | 'prompt' | 'tool';
/** `auto`: the best mode that the provider and model are known to accept. */
export type SchemaModeChoice = 'auto' | SchemaMode;

/** How one request binds its answer to a schema. */
export interface AnswerMode {
  readonly mode: SchemaMode;
  /** The requested answer, as a JSON Schema. */
  readonly asked: SchemaObject;
  /** The schema as it is sent; absent if it is only described in words. */
  readonly sent?: SchemaObject;
}
