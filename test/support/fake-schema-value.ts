import { fields, is, list } from './fake-wire.js';

/** References that lead to each other are followed this far. */
const LEVELS_MAX = 20;

/**
 * A small value that satisfies a schema of those that providers take: the first of an enum, what is required of an object, as few
 * elements as are allowed. Patterns and formats are not looked at.
 */
export function valueFor(schema: unknown, root: unknown = schema, level = 0): unknown {
  const of = fields(schema);
  if (level > LEVELS_MAX) return null;
  const inner = (one: unknown): unknown => valueFor(one, root, level + 1);
  const { $ref: ref, anyOf, oneOf, properties, minItems, minLength, minimum, exclusiveMinimum } = of;
  if (is.anyText(ref))
    return inner(
      ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => fields(at)[key], root),
    );
  if ('const' in of) return of['const'];
  if ('enum' in of) return list(of['enum'])[0];
  const [option] = [...list(anyOf), ...list(oneOf)];
  if (option !== undefined) return inner(option);
  switch ([of['type']].flat()[0] ?? (properties === undefined ? undefined : 'object')) {
    case 'object':
      return Object.fromEntries(list(of['required']).map((name) => [name, inner(fields(properties)[String(name)])]));
    case 'array':
      return Array.from({ length: Number(minItems ?? 0) }, () => inner(of['items']));
    case 'string':
      return 'x'.repeat(Number(minLength ?? 1));
    case 'integer':
    case 'number':
      return exclusiveMinimum === undefined ? Number(minimum ?? 0) : Number(exclusiveMinimum) + 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}
