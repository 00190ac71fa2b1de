import type { Json, JsonObject, Shape } from '../../../src/computo-js/index.js';

/** Whether a value is one of those that a shape stands for. */
export function conforms(value: Json, { any, scalars, object, array }: Shape): boolean {
  if (any) return true;
  if (value === null) return scalars.has('null');
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (array === undefined) return false;
    const { element, tuple } = array;
    if (tuple !== undefined && tuple.length !== items.length) return false;
    return items.every(
      (item, index) => conforms(item, element) && (tuple?.[index] === undefined || conforms(item, tuple[index])),
    );
  }
  switch (typeof value) {
    case 'boolean':
      return scalars.has('boolean');
    case 'string':
      return scalars.has('string');
    case 'number':
    case 'bigint':
      return scalars.has('number');
    default: {
      if (object === undefined) return false;
      const entries = Object.entries<Json>(value as JsonObject);
      const present = new Set(entries.map(([key]) => key));
      return (
        entries.every(([key, member]) => {
          const field = object.fields.get(key);
          return field === undefined ? object.open : conforms(member, field.shape);
        }) && [...object.fields].every(([key, field]) => field.optional || present.has(key))
      );
    }
  }
}
