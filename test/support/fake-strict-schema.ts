import { fields, is, list } from './fake-wire.js';

/** Keywords that OpenAI's strict mode documents. */
const TAKEN = new Set(
  (
    'type title description enum const properties required additionalProperties items anyOf $ref $defs definitions ' +
    'pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems $schema'
  ).split(' '),
);
const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'];
const LEVELS_MAX = 10;

/** Why OpenAI refuses a schema in strict mode, in its words; undefined: it takes it. */
export function strictRefusal(schema: unknown): string | undefined {
  const root = fields(schema);
  if (root['type'] !== 'object')
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(root['type'])}"'`;
  if ('anyOf' in root || 'enum' in root || '$ref' in root)
    return "In context=(), schema must not have 'anyOf' at the top level";
  const problems: string[] = [];
  let properties = 0;
  let values = 0;
  const visit = (value: unknown, context: readonly string[], level: number): void => {
    const refuse = (problem: string): void => void problems.push(`In context=(${context.join(', ')}), ${problem}`);
    if (!is.object(value)) {
      refuse('schema must be an object');
      return;
    }
    if (level > LEVELS_MAX) {
      refuse(`schema exceeds ${LEVELS_MAX} levels of nesting`);
      return;
    }
    for (const key of Object.keys(value)) if (!TAKEN.has(key)) refuse(`'${key}' is not permitted`);
    if ('$ref' in value && Object.keys(value).length > 1) refuse('$ref cannot have keywords beside it');
    if (!['type', 'anyOf', '$ref'].some((key) => key in value)) refuse("schema must have a 'type' key");
    if ('format' in value && !FORMATS.includes(String(value['format'])))
      refuse(`'${String(value['format'])}' is not a valid format`);
    if (typeof value['pattern'] === 'string' && value['pattern'].includes('(?='))
      refuse('look-around is not supported');
    const types = [value['type']].flat();
    if (types.includes('object')) {
      const named = Object.keys(fields(value['properties']));
      properties += named.length;
      if (value['additionalProperties'] !== false)
        refuse("'additionalProperties' is required to be supplied and to be false");
      const required = list(value['required']);
      if (named.length !== required.length || !named.every((name) => required.includes(name)))
        refuse("'required' is required to be supplied and to be an array including every key in properties");
    }
    if (types.includes('array') && !('items' in value)) refuse('array schema missing items');
    values += list(value['enum']).length;
    const inner = (key: string, deeper: number): void =>
      Object.entries(fields(value[key])).forEach(([name, one]) =>
        visit(one, [...context, `'${key}'`, `'${name}'`], level + deeper),
      );
    inner('properties', 1);
    inner('$defs', 0);
    inner('definitions', 0);
    if ('items' in value) visit(value['items'], [...context, "'items'"], level + 1);
    list(value['anyOf']).forEach((one, i) => visit(one, [...context, "'anyOf'", `'${i}'`], level));
  };
  visit(schema, [], 0);
  if (properties > 5000) problems.push('schema has more than 5000 object properties');
  if (values > 1000) problems.push('schema has more than 1000 enum values');
  return problems[0];
}
