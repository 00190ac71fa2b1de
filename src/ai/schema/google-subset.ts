import { isSchemaObject, mapSchemas, schemasIn, type SchemaObject } from '../../config/answer-schema/index.js';

const REFUSED = ['not', 'if', 'patternProperties', 'prefixItems', '$dynamicRef', '$recursiveRef'];
const FORMATS = ['date-time', 'float', 'double', 'int32', 'int64'];
/** A reference to a direct child of the root's definitions: the library inlines these. */
const REFERENCE = /^#\/(?:\$defs|definitions)\/[^/]+$/;

/**
 * Converts a schema to what Gemini's `responseSchema` accepts, by way of the wire's library. Gemini only lists texts: other
 * listed values are described in words. Answers are checked here against everything that is not sent.
 *
 * @returns undefined if it does not fit
 */
export function forGoogle(schema: SchemaObject): SchemaObject | undefined {
  let fits = !refersToItself(schema);
  const changed = mapSchemas(schema, (one) => {
    const { $ref, allOf, oneOf, format, ...rest } = one;
    if (REFUSED.some((keyword) => keyword in one) || Array.isArray(one['items'])) fits = false;
    if (allOf !== undefined || (oneOf !== undefined && 'anyOf' in one)) fits = false;
    if ($ref !== undefined && !(typeof $ref === 'string' && REFERENCE.test($ref))) fits = false;
    return withoutListedNumbers({
      ...rest,
      ...($ref !== undefined && { $ref }),
      ...(oneOf !== undefined && { anyOf: oneOf }),
      ...(typeof format === 'string' && FORMATS.includes(format) && { format }),
    });
  });
  return fits ? changed : undefined;
}

function withoutListedNumbers(schema: SchemaObject): SchemaObject {
  const { enum: listed, const: only, ...rest } = schema;
  const values: unknown = 'const' in schema ? [only] : listed;
  if (!Array.isArray(values)) return schema;
  const texts = values.filter((value) => value !== null);
  if (texts.length > 0 && texts.every((value) => typeof value === 'string')) return { ...rest, enum: values };
  const types = [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))];
  const words = `One of ${values.map((value) => JSON.stringify(value)).join(', ')}.`;
  const { description } = rest;
  const type = rest['type'] ?? (types.length === 1 ? types[0] : types);
  return { ...rest, type, description: typeof description === 'string' ? `${description} ${words}` : words };
}

/** References are inlined, which never ends if they lead back to themselves. */
function refersToItself(schema: SchemaObject): boolean {
  const named = new Map<string, readonly string[]>();
  for (const key of ['$defs', 'definitions']) {
    const definitions = schema[key];
    if (!isSchemaObject(definitions)) continue;
    for (const [name, one] of Object.entries(definitions)) named.set(`#/${key}/${name}`, referencesIn(one));
  }
  const done = new Set<string>();
  const leadsBack = (from: string, path: readonly string[]): boolean => {
    if (path.includes(from)) return true;
    if (done.has(from)) return false;
    done.add(from);
    return (named.get(from) ?? []).some((next) => leadsBack(next, [...path, from]));
  };
  return [...named.keys()].some((start) => leadsBack(start, []));
}

function referencesIn(schema: unknown): readonly string[] {
  return schemasIn(schema).flatMap(({ schema: { $ref } }) => (typeof $ref === 'string' ? [$ref] : []));
}
