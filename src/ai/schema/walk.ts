import type { SchemaObject } from './mode.js';

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

/** Changes a schema and all those within it, from the inside out. What is data, as under `const`, stays. */
export function mapSchemas(schema: SchemaObject, change: (schema: SchemaObject) => SchemaObject): SchemaObject {
  const mapped = (value: unknown): unknown => (isSchemaObject(value) ? mapSchemas(value, change) : value);
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (LIST.includes(key) && Array.isArray(value)) return [key, value.map(mapped)];
    if (ONE.includes(key)) return [key, mapped(value)];
    if (MAP.includes(key) && isSchemaObject(value))
      return [key, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapped(inner)]))];
    return [key, value];
  });
  return change(Object.fromEntries(entries));
}
