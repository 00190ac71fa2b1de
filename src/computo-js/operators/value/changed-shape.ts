import { parsePointer } from '../../pointer/index.js';
import { ANY, isNever, join, NEVER, objectShape, type Field, type Shape } from '../../shape/index.js';
import type { Call } from '../../syntax/index.js';
import type { Path } from './path.js';

/** Longer paths are not followed. */
const PATH_LENGTH_MAX = 24;

/** Returns a literal path. */
export function constantPath(call: Call, index: number): Path | undefined {
  const pointer = call.arguments[index];
  if (pointer?.type !== 'constant' || typeof pointer.value !== 'string' || !pointer.value.startsWith('/')) {
    return undefined;
  }
  const path = parsePointer(pointer.value);
  return path.length > PATH_LENGTH_MAX ? undefined : path;
}

/** The shape at the end of a path through objects. */
export function shapeAt(root: Shape, path: Path | undefined): Shape {
  return path?.reduce<Shape>((shape, key) => onlyObject(shape)?.fields.get(key)?.shape ?? ANY, root) ?? ANY;
}

/** The shape of a value after one of its parts is set, if the path leads through objects. */
export function shapeWith(root: Shape, path: Path | undefined, part: Shape): Shape {
  const [key, ...rest] = path ?? [];
  if (path === undefined) return ANY;
  if (key === undefined) return part;
  const object = onlyObject(root);
  if (object === undefined) return ANY;
  const { fields, open, origin } = object;
  const before = fields.get(key) ?? { shape: open ? ANY : NEVER, optional: true };
  const there = isNever(before.shape) ? NEVER : shapeWith(before.shape, rest, part);
  const shape = before.optional ? join(there, madeShape(rest, part)) : there;
  return objectShape(withField(fields, key, { shape, optional: false }), open, origin);
}

/** The shape of a value after one of its parts is removed. */
export function shapeWithout(root: Shape, path: Path | undefined): Shape {
  const [key, ...rest] = path ?? [];
  const object = onlyObject(root);
  if (key === undefined || object === undefined) return ANY;
  const field = object.fields.get(key);
  if (field === undefined) return root;
  const { open, origin } = object;
  if (rest.length > 0) {
    return objectShape(
      withField(object.fields, key, { ...field, shape: shapeWithout(field.shape, rest) }),
      open,
      origin,
    );
  }
  const fields = new Map(object.fields);
  fields.delete(key);
  return objectShape(fields, open, origin);
}

/** The shape of what is created if nothing was there. */
function madeShape([key, ...rest]: Path, part: Shape): Shape {
  if (key === undefined) return part;
  if (key === '-') return ANY;
  return objectShape(new Map([[key, { shape: madeShape(rest, part), optional: false }]]), false);
}

function withField(fields: ReadonlyMap<string, Field>, key: string, field: Field): ReadonlyMap<string, Field> {
  return new Map([...fields, [key, field]]);
}

/** What a value that can only be an object has inside. */
function onlyObject({ any, scalars, array, object }: Shape): Shape['object'] {
  return any || scalars.size > 0 || array !== undefined ? undefined : object;
}
