import type { Call, Node } from '../syntax/index.js';
import { isArray, type Json } from '../value/index.js';
import type { Inferrer, Surroundings } from './infer.js';
import {
  ANY,
  arrayShape,
  join,
  joinAll,
  objectShape,
  scalarShape,
  tupleShape,
  type Field,
  type Shape,
} from './shape.js';

/** How a call's shape follows from those of its arguments. */
type Rule = (args: readonly Shape[], call: Call, around: Surroundings, infer: Inferrer) => Shape;

/** What operators yield, where more can be said than the kind. Any other operator yields what its record says. */
const RULES: Readonly<Record<string, Rule>> = {
  merge: (args) => args.reduce(merged),
  pick: ([object = ANY], { arguments: [, keys] }) => selected(object, keys, true),
  omit: ([object = ANY], { arguments: [, keys] }) => selected(object, keys, false),
  objFromPairs: () => objectShape(new Map(), true),
  keys: () => arrayShape(scalarShape('string')),
  values: () => arrayShape(ANY),

  map: ([array = ANY], { arguments: [, lambda] }, around, infer) =>
    arrayShape(infer.applied(lambda, [elementOf(array)], around)),
  mapWithIndex: ([array = ANY], { arguments: [, lambda] }, around, infer) =>
    arrayShape(infer.applied(lambda, [elementOf(array), scalarShape('number')], around)),
  zipWith: ([a = ANY, b = ANY], { arguments: [, , lambda] }, around, infer) =>
    arrayShape(infer.applied(lambda, [elementOf(a), elementOf(b)], around)),
  flatMap: ([array = ANY], { arguments: [, lambda] }, around, infer) => {
    infer.applied(lambda, [elementOf(array)], around);
    return arrayShape(ANY);
  },
  filter: ([array = ANY], { arguments: [, lambda] }, around, infer) => {
    infer.applied(lambda, [elementOf(array)], around);
    return arrayShape(elementOf(array));
  },
  partition: ([array = ANY], { arguments: [, lambda] }, around, infer) => {
    infer.applied(lambda, [elementOf(array)], around);
    return tupleShape([arrayShape(elementOf(array)), arrayShape(elementOf(array))]);
  },
  find: ([array = ANY], { arguments: [, lambda] }, around, infer) => {
    infer.applied(lambda, [elementOf(array)], around);
    return join(elementOf(array), scalarShape('null'));
  },
  some: asked,
  every: asked,
  reduce: ([array = ANY], { arguments: [, lambda] }, around, infer) => {
    // What has been gathered so far is known only once the lambda's answer is.
    infer.applied(lambda, [ANY, elementOf(array)], around);
    return ANY;
  },

  car: ([array = ANY]) => array.array?.tuple?.[0] ?? elementOf(array),
  cdr: sameElements,
  reverse: sameElements,
  sort: sameElements,
  unique: sameElements,
  uniqueSorted: sameElements,
  cons: ([first = ANY, array = ANY]) => arrayShape(join(first, elementOf(array))),
  append: (args) => arrayShape(joinAll(args.map(elementOf))),
  zip: (args) => arrayShape(tupleShape(args.map(elementOf))),
  enumerate: ([array = ANY]) => arrayShape(tupleShape([scalarShape('number'), elementOf(array)])),
  chunk: ([array = ANY]) => arrayShape(arrayShape(elementOf(array))),
};

/** The shape of what a call yields. Its arguments are looked into as well. */
export function callShape(call: Call, around: Surroundings, infer: Inferrer): Shape {
  const certain = certainArguments(call);
  const args = call.arguments.map((argument, index) =>
    // A lambda that an operator calls is looked into by the rule, which knows its arguments.
    argument.type === 'lambda' && Object.hasOwn(RULES, call.operator.name)
      ? ANY
      : infer.shapeOf(argument, { ...around, certain: around.certain && index < certain }),
  );
  const rule = Object.hasOwn(RULES, call.operator.name) ? RULES[call.operator.name] : undefined;
  return rule?.(args, call, around, infer) ?? shapeOfKind(call.operator.returns);
}

/** How many arguments are evaluated in any case: what follows them may be cut short. */
function certainArguments({ operator, arguments: args, dialect }: Call): number {
  if (['and', 'or', '&&', '||'].includes(operator.name)) return 1;
  if (operator.name === '==') return 2;
  return operator.certainArguments?.[dialect] ?? args.length;
}

function shapeOfKind(kind: Call['operator']['returns']): Shape {
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

function asked(
  [array = ANY]: readonly Shape[],
  { arguments: [, lambda] }: Call,
  around: Surroundings,
  infer: Inferrer,
): Shape {
  infer.applied(lambda, [elementOf(array)], around);
  return scalarShape('boolean');
}

function sameElements([array = ANY]: readonly Shape[]): Shape {
  return arrayShape(elementOf(array));
}

/** What an array operator finds in its argument, which in current may be an object with an `array` list, too. */
function elementOf({ any, array, object }: Shape): Shape {
  return any || object !== undefined || array === undefined ? ANY : array.element;
}

function merged(a: Shape, b: Shape): Shape {
  // Anything but an object fails.
  const left = a.object ?? { fields: new Map<string, Field>(), open: true };
  const right = b.object ?? { fields: new Map<string, Field>(), open: true };
  const fields = new Map<string, Field>();
  for (const [key, field] of left.fields) fields.set(key, right.open ? { ...field, shape: ANY } : field);
  for (const [key, field] of right.fields) {
    const before = fields.get(key);
    const below = before ?? (left.open ? { shape: ANY, optional: true } : undefined);
    if (!field.optional || below === undefined) fields.set(key, field);
    else fields.set(key, { shape: join(below.shape, field.shape), optional: below.optional });
  }
  return objectShape(fields, left.open || right.open, right.origin ?? left.origin);
}

function selected({ any, object }: Shape, keys: Node | undefined, keep: boolean): Shape {
  const names = namesIn(keys);
  if (any || object === undefined || names === undefined) return objectShape(new Map(), true);
  const fields = new Map<string, Field>();
  if (keep) {
    for (const name of names) {
      const field = object.fields.get(name) ?? (object.open ? { shape: ANY, optional: true } : undefined);
      if (field !== undefined) fields.set(name, field);
    }
    return objectShape(fields, false, object.origin);
  }
  for (const [name, field] of object.fields) if (!names.includes(name)) fields.set(name, field);
  return objectShape(fields, object.open, object.origin);
}

/** A list of names that stands in the script. */
function namesIn(node: Node | undefined): readonly string[] | undefined {
  const values =
    node?.type === 'constant' ? node.value : node?.type === 'list' ? constantsIn(node.elements) : undefined;
  if (values === undefined || !isArray(values)) return undefined;
  return values.every((name) => typeof name === 'string') ? values : undefined;
}

function constantsIn(nodes: readonly Node[]): readonly Json[] | undefined {
  const values = nodes.flatMap((node) => (node.type === 'constant' ? [node.value] : []));
  return values.length === nodes.length ? values : undefined;
}
