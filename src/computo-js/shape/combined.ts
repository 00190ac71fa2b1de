import { ANY, join, objectIn, objectShape, type Field, type Shape } from './shape.js';

/** Combines the shapes of two members with the same key, if both certainly exist. */
type Combine = (left: Shape, right: Shape) => Shape;

/** Returns the shape of two objects merged into one. Of members with the same key, the last one counts, or the result of `combine`. */
export function combinedShape(a: Shape, b: Shape, combine: Combine = (_, right) => right): Shape {
  const [left, right] = [objectIn(a), objectIn(b)];
  const fields = new Map<string, Field>();
  for (const [key, field] of left.fields) fields.set(key, right.open ? { ...field, shape: ANY } : field);
  for (const [key, field] of right.fields) {
    const before = fields.get(key) ?? (left.open ? { shape: ANY, optional: true } : undefined);
    fields.set(key, before === undefined ? field : combinedField(before, field, combine));
  }
  return objectShape(fields, left.open || right.open, right.origin ?? left.origin);
}

function combinedField(before: Field, after: Field, combine: Combine): Field {
  const both = combine(before.shape, after.shape);
  const shapes = [both, ...(before.optional ? [after.shape] : []), ...(after.optional ? [before.shape] : [])];
  return { shape: shapes.reduce((all, shape) => join(all, shape)), optional: before.optional && after.optional };
}
