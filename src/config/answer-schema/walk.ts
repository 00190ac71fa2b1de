import { formatPointer } from 'computo-js';

/** A schema other than true or false. */
export type SchemaObject = Readonly<Record<string, unknown>>;

/** Keywords whose value is one schema, a list of them, or a map of them. */
const ONE = [
  'items',
  'additionalProperties',
  'additionalItems',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const LIST = ['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items'];
const MAP = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies'];

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Transforms a schema and all schemas within it, from the inside out. Leaves data unchanged, such as the value of `const`.
 *
 * @param change also receives the JSON Pointer to the schema
 */
export function mapSchemas(
  schema: SchemaObject,
  change: (schema: SchemaObject, pointer: string) => SchemaObject,
): SchemaObject {
  return mapped(schema, change, []);
}

function mapped(
  schema: SchemaObject,
  change: (schema: SchemaObject, pointer: string) => SchemaObject,
  path: readonly string[],
): SchemaObject {
  const inner = (value: unknown, ...below: readonly string[]): unknown =>
    isSchemaObject(value) ? mapped(value, change, [...path, ...below]) : value;
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (LIST.includes(key) && Array.isArray(value)) return [key, value.map((one, i) => inner(one, key, String(i)))];
    if (ONE.includes(key)) return [key, inner(value, key)];
    if (MAP.includes(key) && isSchemaObject(value))
      return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one, key, name)]))];
    return [key, value];
  });
  return change(Object.fromEntries(entries), formatPointer(path));
}

/** A schema and all schemas within it, from the inside out, each with the JSON Pointer to it; empty if the schema is just true or false. */
export function schemasIn(schema: unknown): readonly { readonly schema: SchemaObject; readonly pointer: string }[] {
  const found: { readonly schema: SchemaObject; readonly pointer: string }[] = [];
  if (isSchemaObject(schema)) {
    mapSchemas(schema, (one, pointer) => {
      found.push({ schema: one, pointer });
      return one;
    });
  }
  return found;
}

export function withoutKeywords(schema: SchemaObject, keywords: readonly string[]): SchemaObject {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}
