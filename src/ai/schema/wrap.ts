import type { JsonSchema } from '../request/index.js';
import { isSchemaObject, mapSchemas, withoutKeywords, type SchemaObject } from '../../config/answer-schema/index.js';

/** The only property of a wrapped schema. */
export const WRAPPED = 'value';

/** With these at its root, even the schema of an object is refused. */
const NOT_AT_ROOT = ['anyOf', 'oneOf', 'enum', 'const', '$ref'];
const DEFINITIONS = ['$defs', 'definitions'];
/** Keywords that identify a schema, not what it allows. */
const IDENTITY = ['$schema', '$id'];

/**
 * Whether a schema is sent as a property of an object: providers only accept plain objects at the root. This depends only on the
 * schema, so that an answer means the same however it was requested.
 */
export function isWrapped(schema: JsonSchema): boolean {
  if (!isSchemaObject(schema)) return false;
  const isObject =
    schema['type'] === 'object' || (schema['type'] === undefined && isSchemaObject(schema['properties']));
  return !isObject || NOT_AT_ROOT.some((keyword) => keyword in schema);
}

/** The schema to request: always an object, with the value in it if the schema {@link isWrapped}. References stay valid. */
export function wrapped(schema: SchemaObject): SchemaObject {
  const bare = withoutKeywords(schema, IDENTITY);
  if (!isWrapped(schema)) return schema['type'] === undefined ? { type: 'object', ...bare } : bare;
  const moved = mapSchemas(bare, withMovedReference);
  const definitions = Object.fromEntries(DEFINITIONS.flatMap((key) => (key in moved ? [[key, moved[key]]] : [])));
  return {
    type: 'object',
    properties: { [WRAPPED]: withoutKeywords(moved, DEFINITIONS) },
    required: [WRAPPED],
    additionalProperties: false,
    ...definitions,
  };
}

/** Definitions stay at the root; everything else moves one level down. */
function withMovedReference(schema: SchemaObject): SchemaObject {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || (reference !== '#' && !reference.startsWith('#/'))) return schema;
  if (DEFINITIONS.some((key) => reference.startsWith(`#/${key}/`))) return schema;
  return { ...schema, $ref: `#/properties/${WRAPPED}${reference.slice(1)}` };
}
