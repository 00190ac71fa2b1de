import { isArray, isObject, kindOf, type Json, type JsonKind } from '../value/index.js';

/** What is known about a value before it exists: its possible kinds, and what it can contain. */
export interface Shape {
  /** Whether nothing is known. The other fields are then empty. */
  readonly any: boolean;
  readonly scalars: ReadonlySet<ScalarKind>;
  /** What the value contains if it is an object; absent if it can't be one. */
  readonly object?: ObjectShape;
  /** What the value contains if it is an array; absent if it can't be one. */
  readonly array?: ArrayShape;
}

export type ScalarKind = 'null' | 'boolean' | 'number' | 'string';

export interface ObjectShape {
  readonly fields: ReadonlyMap<string, Field>;
  /** Whether there may be fields other than these. */
  readonly open: boolean;
  /** Where the object is built, if known. */
  readonly origin?: Origin;
}

export interface Field {
  readonly shape: Shape;
  /** Whether the field may be absent. */
  readonly optional: boolean;
}

export interface ArrayShape {
  /** The shape of any element. */
  readonly element: Shape;
  /** The shape of each element, if their number is known. */
  readonly tuple?: readonly Shape[];
}

/** Where a value is built. */
export interface Origin {
  /** A value from the caller that distinguishes scripts and other origins. */
  readonly by: unknown;
  /** JSON Pointer into the script. */
  readonly path: string;
}

/** Maximum depth of a shape. Deeper parts can be anything. */
const DEPTH_MAX = 24;
/** An object with more fields than this is a table, whose keys are data. */
const FIELDS_MAX = 400;

const NO_SCALARS: ReadonlySet<ScalarKind> = new Set();

export const ANY: Shape = { any: true, scalars: NO_SCALARS };
/** The shape of no value, such as the elements of an empty array. */
export const NEVER: Shape = { any: false, scalars: NO_SCALARS };

export function scalarShape(...kinds: readonly ScalarKind[]): Shape {
  return { any: false, scalars: new Set(kinds) };
}

export function objectShape(fields: ReadonlyMap<string, Field>, open: boolean, origin?: Origin): Shape {
  const isTable = fields.size > FIELDS_MAX;
  const object = { fields: isTable ? new Map<string, Field>() : fields, open: open || isTable };
  return { any: false, scalars: NO_SCALARS, object: origin === undefined ? object : { ...object, origin } };
}

export function arrayShape(element: Shape): Shape {
  return { any: false, scalars: NO_SCALARS, array: { element } };
}

export function tupleShape(tuple: readonly Shape[]): Shape {
  return { any: false, scalars: NO_SCALARS, array: { element: joinAll(tuple), tuple } };
}

export function isNever(shape: Shape): boolean {
  return !shape.any && shape.scalars.size === 0 && shape.object === undefined && shape.array === undefined;
}

/** Returns the shape of the same value if it is not null. */
export function withoutNull(shape: Shape): Shape {
  return { ...shape, scalars: new Set([...shape.scalars].filter((kind) => kind !== 'null')) };
}

/** Returns the shape of a value of which at most the kind is known. */
export function shapeOfKind(kind: JsonKind | undefined): Shape {
  switch (kind) {
    case undefined:
      return ANY;
    case 'array':
      return arrayShape(ANY);
    case 'object':
      return objectShape(new Map(), true);
    default:
      return scalarShape(kind);
  }
}

/** Returns the shape of one value. */
export function shapeOf(value: Json, origin?: Origin, depth = 0): Shape {
  if (depth > DEPTH_MAX) return ANY;
  if (isArray(value)) return tupleShape(value.map((item) => shapeOf(item, origin, depth + 1)));
  if (isObject(value)) {
    const fields = new Map<string, Field>();
    for (const [key, member] of Object.entries(value)) {
      fields.set(key, { shape: shapeOf(member, origin, depth + 1), optional: false });
    }
    return objectShape(fields, false, origin);
  }
  const kind = kindOf(value);
  return kind === 'array' || kind === 'object' ? ANY : scalarShape(kind);
}

/** Returns what an object operator finds in its argument. Anything but an object fails. */
export function objectIn({ object }: Shape): ObjectShape {
  return object ?? { fields: new Map(), open: true };
}

/** Returns the shape of any member of an object. */
export function memberOf({ any, object }: Shape): Shape {
  return any || object === undefined || object.open
    ? ANY
    : joinAll([...object.fields.values()].map(({ shape }) => shape));
}

/** Returns the shape of a value that has one of two shapes. */
export function join(a: Shape, b: Shape, depth = 0): Shape {
  if (a === b || isNever(b)) return a;
  if (isNever(a)) return b;
  if (a.any || b.any || depth > DEPTH_MAX) return ANY;
  const object = a.object && b.object ? joinObjects(a.object, b.object, depth) : (a.object ?? b.object);
  const array = a.array && b.array ? joinArrays(a.array, b.array, depth) : (a.array ?? b.array);
  return {
    any: false,
    scalars: new Set([...a.scalars, ...b.scalars]),
    ...(object && { object }),
    ...(array && { array }),
  };
}

export function joinAll(shapes: readonly Shape[]): Shape {
  return shapes.reduce((all, shape) => join(all, shape), NEVER);
}

function joinObjects(a: ObjectShape, b: ObjectShape, depth: number): ObjectShape {
  const fields = new Map<string, Field>();
  for (const key of new Set([...a.fields.keys(), ...b.fields.keys()])) {
    const left = a.fields.get(key) ?? absentField(a);
    const right = b.fields.get(key) ?? absentField(b);
    fields.set(key, { shape: join(left.shape, right.shape, depth + 1), optional: left.optional || right.optional });
  }
  const { object } = objectShape(fields, a.open || b.open, a.origin ?? b.origin);
  return object ?? a;
}

/** Returns a field that an object is not known to have. */
function absentField({ open }: ObjectShape): Field {
  return { shape: open ? ANY : NEVER, optional: true };
}

function joinArrays(a: ArrayShape, b: ArrayShape, depth: number): ArrayShape {
  const element = join(a.element, b.element, depth + 1);
  if (a.tuple === undefined || a.tuple.length !== b.tuple?.length) return { element };
  const { tuple } = b;
  return { element, tuple: a.tuple.map((shape, index) => join(shape, tuple[index] ?? NEVER, depth + 1)) };
}
