import { compileArgument, textOf } from '../compile/index.js';
import { ANY, objectShape, type Field, type Shape } from '../shape/index.js';
import {
  defineOperator,
  placeInside,
  takesAtLeast,
  value,
  type Call,
  type Inferrer,
  type Node,
} from '../syntax/index.js';
import { describe, isArray } from '../value/index.js';
import { compileObject, type LiteralMember } from './object-literal.js';

const UNITS_PER_MEMBER = 2;

export const obj = defineOperator('obj', () => ({
  summary:
    'Builds an object: from `[key, value]` pairs in classic, from keys and values in turn in current. Keys are expressions too, and must be strings.',
  signatures: {
    classic: takesAtLeast(0, value('[key, value]')),
    current: { ...takesAtLeast(0, value('key', 'string'), value('value')), repeats: 2 },
  },
  returns: 'object',
  shape: builtShape,
  growth: 'sum',
  written: 'members',
  work: ['text'],
  examples: [
    { dialect: 'current', script: ['obj', 'a', 1, 'b', ['+', 1, 1]], result: { a: 1, b: 2 } },
    { dialect: 'classic', script: ['obj', ['a', 1], ['b', ['+', 1, 1]]], result: { a: 1, b: 2 } },
    { dialect: 'current', script: ['obj', ['strConcat', 'k', 1], true], result: { k1: true } },
  ],
  parse(call, parser) {
    if (parser.dialect === 'current') {
      if (call.arguments.length % 2 === 1) {
        const hint = 'Give a value for each key.';
        return parser.fault(
          call,
          'wrong-arity',
          `'obj' takes keys and values in turn, got ${call.arguments.length} arguments`,
          hint,
        );
      }
      return parser.call(
        call,
        call.arguments.map((argument, index) => parser.expression(argument, placeInside(call.place, index + 1))),
      );
    }
    const members: Node[] = [];
    for (const [index, pair] of call.arguments.entries()) {
      const place = placeInside(call.place, index + 1);
      const [key, member] = isArray(pair) && pair.length === 2 ? pair : [];
      if (key === undefined || member === undefined) {
        const problem = `'obj' needs [key, value] pairs, got ${describe(pair)}`;
        // Takes the place of the key, so that it fails in its turn, after the pairs before it have been evaluated.
        members.push(parser.fault({ ...call, arguments: [], place }, 'obj-pair', problem), {
          type: 'constant',
          value: null,
          place,
        });
      } else {
        members.push(parser.expression(key, placeInside(place, 0)), parser.expression(member, placeInside(place, 1)));
      }
    }
    return parser.call(call, members);
  },
  compile(call, compiler) {
    const members: LiteralMember[] = [];
    for (let index = 0; index < call.arguments.length; index += 2) {
      members.push({
        key: literalKey(call, index) ?? compileArgument(call, index, compiler),
        value: compileArgument(call, index + 1, compiler),
      });
    }
    compiler.cost.units += UNITS_PER_MEMBER * members.length;
    return compileObject(members, (key, index) => textOf(key, call, index), call);
  },
  check(call, report) {
    if (call.dialect !== 'classic') return;
    for (const [index, key] of call.arguments.entries()) {
      if (index % 2 === 1 || key.type !== 'constant' || typeof key.value === 'string') continue;
      report({
        code: 'wrong-kind',
        place: key.place,
        message: `'obj' needs a string as key, got ${describe(key.value)}`,
      });
    }
  },
}));

/** Keys and values alternate in both dialects. */
function builtShape(args: readonly Shape[], call: Call, { origin }: Inferrer): Shape {
  const fields = new Map<string, Field>();
  let open = false;
  for (let index = 0; index < args.length; index += 2) {
    const name = literalKey(call, index);
    if (name === undefined) open = true;
    else fields.set(name, { shape: args[index + 1] ?? ANY, optional: false });
  }
  if (!open) return objectShape(fields, false, origin);
  // A computed key may equal a known one and replace its value.
  const loose = [...fields.keys()].map((name): [string, Field] => [name, { shape: ANY, optional: false }]);
  return objectShape(new Map(loose), true, origin);
}

function literalKey(call: Call, index: number): string | undefined {
  const key = call.arguments[index];
  return key?.type === 'constant' && typeof key.value === 'string' ? key.value : undefined;
}
