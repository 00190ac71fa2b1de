/**
 * How a provider is bound to a schema. `strict`: by a grammar, within the subset of JSON Schema that it takes. `json_schema`:
 * with the schema as it is. `json_object`: to JSON of any kind, the schema being part of the prompt. `prompt`: by the prompt
 * alone. `tool`: as the arguments of a function that it must call.
 */
export type SchemaMode = 'strict' | 'json_schema' | 'json_object' | 'prompt' | 'tool';
/** `auto`: the best that provider and model are known to take. */
export type SchemaModeChoice = 'auto' | SchemaMode;

/** A schema that is not just true or false. */
export type SchemaObject = Readonly<Record<string, unknown>>;

/** How one request binds its answer to a schema. */
export interface AnswerMode {
  readonly mode: SchemaMode;
  /** As it is sent; absent: in words only. */
  readonly schema?: SchemaObject;
}
