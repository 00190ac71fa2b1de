import { isSchemaObject, type SchemaObject } from '../../config/answer-schema/index.js';

/** OpenAI's documented limits of strict mode, for a whole schema. */
const LEVELS_MAX = 10;
const PROPERTIES_MAX = 5000;
const ENUM_VALUES_MAX = 1000;
const CHARACTERS_MAX = 120_000;
/** A list of more values than this has a limit of its own. */
const LONG_ENUM = 250;
const LONG_ENUM_CHARACTERS_MAX = 15_000;

const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'];

/** Keywords that are kept as they are. */
const KEPT = [
  'type',
  'title',
  'description',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
];
/**
 * Keywords that are not accepted, and whose omission would change the request. Other keywords only narrow what is allowed: the
 * answer is checked.
 */
const REFUSED = [
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'prefixItems',
  'additionalItems',
  '$dynamicRef',
  '$recursiveRef',
];
/** Keywords that may stand beside a reference or alternatives, and can be left out. */
const ANNOTATIONS = [
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  'discriminator',
];

class Unfit extends Error {}

/**
 * Converts a schema to what OpenAI's strict mode accepts: drops keywords that it rejects (answers are checked for them here),
 * names types, and closes objects that don't mention further properties. Every answer to it that satisfies the dropped keywords
 * satisfies `schema`.
 *
 * @param schema of an object
 * @returns undefined if it does not fit: an object that is open or has optional properties, a combination of schemas, too large
 */
export function forStrictMode(schema: SchemaObject): SchemaObject | undefined {
  const size = { properties: 0, enumValues: 0, characters: 0 };
  try {
    const strict = new StrictSubset(size).of(schema, 0, true);
    const fits =
      size.properties <= PROPERTIES_MAX && size.enumValues <= ENUM_VALUES_MAX && size.characters <= CHARACTERS_MAX;
    return fits ? strict : undefined;
  } catch (error) {
    if (error instanceof Unfit) return undefined;
    throw error;
  }
}

class StrictSubset {
  readonly #size: { properties: number; enumValues: number; characters: number };

  constructor(size: { properties: number; enumValues: number; characters: number }) {
    this.#size = size;
  }

  of(schema: unknown, level: number, isRoot = false): SchemaObject {
    if (!isSchemaObject(schema) || level > LEVELS_MAX) throw new Unfit();
    if (REFUSED.some((keyword) => keyword in schema) || (!isRoot && ('$id' in schema || '$anchor' in schema)))
      throw new Unfit();
    if ('$ref' in schema) return reference(schema);
    const alternatives = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
    const definitions = isRoot ? this.#definitions(schema, level) : {};
    if (alternatives !== undefined) return { ...this.#alternatives(schema, alternatives, level), ...definitions };
    const enumerated = this.#enumerated(schema);
    const type = schema['type'] ?? enumerated['type'] ?? (isSchemaObject(schema['properties']) ? 'object' : undefined);
    if (type === undefined) throw new Unfit();
    const types = Array.isArray(type) ? type : [type];
    const kept = Object.fromEntries(KEPT.flatMap((key) => (key in schema ? [[key, schema[key]]] : [])));
    return {
      ...kept,
      type,
      ...enumerated,
      ...textRules(schema),
      ...(types.includes('object') && this.#object(schema, level)),
      ...(types.includes('array') && { items: this.of(schema['items'], level + 1) }),
      ...definitions,
    };
  }

  #object(schema: SchemaObject, level: number): SchemaObject {
    const { properties = {}, additionalProperties, required = [] } = schema;
    if (!isSchemaObject(properties) || !Array.isArray(required)) throw new Unfit();
    const names = Object.keys(properties);
    // Closing an object without properties would leave nothing but `{}`.
    const isClosed = additionalProperties === false || (additionalProperties === undefined && names.length > 0);
    if (!isClosed || required.length !== names.length || !names.every((name) => required.includes(name)))
      throw new Unfit();
    this.#size.properties += names.length;
    this.#size.characters += names.join('').length;
    const inner = names.map((name) => [name, this.of(properties[name], level + 1)]);
    return { properties: Object.fromEntries(inner) as SchemaObject, required, additionalProperties: false };
  }

  #alternatives(schema: SchemaObject, alternatives: unknown, level: number): SchemaObject {
    const others = Object.keys(schema).filter(
      (key) => !ANNOTATIONS.includes(key) && !['$defs', 'definitions'].includes(key),
    );
    if (others.length > 1 || !Array.isArray(alternatives)) throw new Unfit();
    const { description } = schema;
    const inner = alternatives.map((one) => this.of(one, level));
    const [only, ...more] = inner;
    if (only === undefined) throw new Unfit();
    if (!('allOf' in schema)) return { ...(description !== undefined && { description }), anyOf: inner };
    if (more.length > 0) throw new Unfit();
    return only;
  }

  #definitions(schema: SchemaObject, level: number): SchemaObject {
    const entries = ['$defs', 'definitions'].flatMap((key) => {
      const definitions = schema[key];
      if (definitions === undefined) return [];
      if (!isSchemaObject(definitions)) throw new Unfit();
      return [[key, Object.fromEntries(Object.entries(definitions).map(([name, one]) => [name, this.of(one, level)]))]];
    });
    return Object.fromEntries(entries) as SchemaObject;
  }

  #enumerated(schema: SchemaObject): SchemaObject {
    const { enum: listed, const: only } = schema;
    const values: unknown = 'const' in schema ? [only] : listed;
    if (values === undefined) return {};
    if (!Array.isArray(values) || values.length === 0) throw new Unfit();
    const characters = values.join('').length;
    this.#size.enumValues += values.length;
    this.#size.characters += characters;
    if (values.length > LONG_ENUM && characters > LONG_ENUM_CHARACTERS_MAX) throw new Unfit();
    const types = [...new Set(values.map(typeName))];
    const type = schema['type'] ?? (types.length === 1 ? types[0] : types);
    return { type, enum: values };
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'object') throw new Unfit();
  return typeof value;
}

function reference(schema: SchemaObject): SchemaObject {
  const { $ref } = schema;
  const others = Object.keys(schema).filter((key) => key !== '$ref' && !ANNOTATIONS.includes(key));
  if (others.length > 0 || typeof $ref !== 'string' || !/^#(?:$|\/)/.test($ref)) throw new Unfit();
  return { $ref };
}

/** Look-around and back references are rejected. */
function textRules({ pattern, format }: SchemaObject): SchemaObject {
  const isPlain = typeof pattern === 'string' && !/\(\?[^:]|\\[1-9kpPbB]/.test(pattern);
  return { ...(isPlain && { pattern }), ...(typeof format === 'string' && FORMATS.includes(format) && { format }) };
}
