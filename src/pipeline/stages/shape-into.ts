import { ANY_SHAPE, objectShape, parsePointer, type Shape } from 'computo-js';

/** Returns the shape of data with a value at a place in it; missing parents are created. @param segments of the place */
export function shapeInto(data: Shape, segments: readonly string[], value: Shape): Shape {
  const [segment, ...rest] = segments;
  if (segment === undefined) return value;
  // Data other than an object fails.
  if (data.any || data.object === undefined) return ANY_SHAPE;
  const { fields, open, origin } = data.object;
  const before = fields.get(segment);
  const inside = before === undefined || before.optional ? rest.length > 0 : false;
  const shape = inside ? ANY_SHAPE : shapeInto(before?.shape ?? ANY_SHAPE, rest, value);
  return objectShape(new Map([...fields, [segment, { shape, optional: false }]]), open, origin);
}

/** Returns the shape of data without the value at a place in it. */
export function shapeWithout(data: Shape, segments: readonly string[]): Shape {
  const [segment, ...rest] = segments;
  if (segment === undefined || data.any || data.object === undefined) return data;
  const { fields, open, origin } = data.object;
  const before = fields.get(segment);
  if (before === undefined) return data;
  const others = [...fields].filter(([key]) => key !== segment);
  if (rest.length === 0) return objectShape(new Map(others), open, origin);
  const inner = { ...before, shape: shapeWithout(before.shape, rest) };
  return objectShape(new Map([...fields].map(([key, field]) => [key, key === segment ? inner : field])), open, origin);
}

/** Parses a pointer as written; undefined if it is not one, or is known only from the environment. */
export function pointerOf(written: unknown): readonly string[] | undefined {
  return typeof written === 'string' && /^(?:\/[^/\s${}]+)+$/.test(written) ? parsePointer(written) : undefined;
}
