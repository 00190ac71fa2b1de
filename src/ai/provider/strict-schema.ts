import { at, listAt } from './read-json.js';

/** Keywords that OpenAI's strict mode rejects, or that would change what it allows. */
const NOT_STRICT = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
];

/**
 * Whether OpenAI's strict mode accepts a schema: every object closed, and every property required. Other schemas are sent in
 * lenient mode; answers are validated here in any case.
 */
export function isStrictSchema(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  if (NOT_STRICT.some((keyword) => Object.hasOwn(schema, keyword))) return false;
  const properties = at(schema, 'properties');
  const isObject = at(schema, 'type') === 'object' || properties !== undefined;
  if (isObject) {
    if (at(schema, 'additionalProperties') !== false) return false;
    const required = new Set(listAt(schema, 'required'));
    if (!Object.keys(properties ?? {}).every((key) => required.has(key))) return false;
  }
  return innerSchemas(schema).every(isStrictSchema);
}

function innerSchemas(schema: object): readonly unknown[] {
  const named = ['properties', '$defs', 'definitions'].flatMap((keyword): unknown[] =>
    Object.values(at(schema, keyword) ?? {}),
  );
  const items = at(schema, 'items');
  return [...named, ...listAt(schema, 'anyOf'), ...(items === undefined ? [] : [items])];
}
