import type { SchemaObject } from '../../config/answer-schema/index.js';

/**
 * How a provider is bound to a schema. `strict`: by a grammar, within the subset of JSON Schema that it takes. `json_schema`:
 * with the schema as it is. `json_object`: to JSON of any kind, the schema being part of the prompt. `prompt`: by the prompt
 * alone. `tool`: as the arguments of a function that it must call.
 */
export type SchemaMode = 'strict' | 'json_schema' | 'json_object' | 'prompt' | 'tool';
/** `auto`: the best that provider and model are known to take. */
export type SchemaModeChoice = 'auto' | SchemaMode;

/** How one request binds its answer to a schema. */
export interface AnswerMode {
  readonly mode: SchemaMode;
  /** What is asked for, as JSON Schema has it. */
  readonly asked: SchemaObject;
  /** The schema as it is sent; absent: in words only. */
  readonly sent?: SchemaObject;
}
