import { describe, expect, it } from 'vitest';
import { NumberText, operators, type Dialect, type Json } from 'computo-js';
import { findOperator } from '../../src/computo-js/operators/index.js';
import { parameterAt, type Operator, type Work } from '../../src/computo-js/syntax/index.js';
import { chargeOf } from './charge.js';

/** So much work, and ten times as much. */
const SIZES: Readonly<Record<Work, number>> = { calls: 2000, elements: 2000, members: 2000, text: 20_000, digits: 400 };

const range = (count: number): Json => Array.from({ length: count }, (_, index) => index);
/** Text that is recreated each time: none of it can be compared by where it stands in memory. */
const text = (length: number, end = ''): string => Buffer.alloc(length, 'x').toString('latin1') + end;
const members = (count: number, value: Json = 1): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));

/** A value that one kind of work grows with; equal values are made apart. */
function grown(work: Work, size: number): Json {
  switch (work) {
    case 'calls':
    case 'elements':
      return range(size);
    case 'members':
      return members(size);
    case 'text':
      return text(size);
    case 'digits':
      return new NumberText(`1${'2'.repeat(size - 1)}`);
  }
}

/** The value of an argument, by the kind that the operator's signature names. */
function argumentOf(kind: string | undefined, work: Work, size: number): Json {
  switch (kind) {
    case 'array':
      return work === 'calls' || work === 'elements' ? range(size) : [grown(work, size), grown(work, size)];
    case 'object':
      if (work === 'members') return members(size);
      return work === 'text' ? { [text(size, 'a')]: 1, [text(size, 'b')]: 1 } : { k1: 1, a: 2 };
    case 'string':
      return work === 'text' ? text(size) : '-';
    case 'number':
      return work === 'digits' ? grown(work, size) : 2;
    default:
      return grown(work, size);
  }
}

/** A number between 0 and 1 of so many digits. */
const fractionOf = (size: number): Json => new NumberText(`0.${'7'.repeat(size)}`);

/** Operators whose arguments have a form of their own. */
const OWN: Readonly<Record<string, (work: Work, size: number) => Json[]>> = {
  obj: (_, size) => [text(size), 1],
  objFromPairs: (work, size) =>
    work === 'text' ? [[[text(size), 1]]] : [Array.from({ length: size }, (_, index) => [`k${index}`, 1])],
  pick: (work, size) => [members(9), work === 'text' ? [text(size)] : Array<string>(size).fill('k1')],
  omit: (work, size) => [
    members(work === 'members' ? size : 9),
    work === 'text' ? [text(size)] : Array<string>(work === 'elements' ? size : 1).fill('k1'),
  ],
  chunk: (work, size) => (work === 'digits' ? [[1, 2], grown(work, size)] : [range(size), 2]),
  diff: (work, size) => [grown(work, size), grown(work, size)],
  patch: (work, size) => [
    { a: grown(work, size) },
    work === 'elements'
      ? Array.from({ length: size }, () => ({ op: 'replace', path: '/a', value: 1 }))
      : [{ op: 'test', path: '/a', value: grown(work, size) }],
  ],
  approx: (work, size) => [grown(work, size), grown(work, size), 0],
  'time.parse': (_, size) => [`2026-01-02T03:04:05.${'1'.repeat(size)}Z`],
  'time.format': (work, size) => (work === 'text' ? [0, text(size)] : [fractionOf(size)]),
  'time.floor': (_, size) => [fractionOf(size), '1d'],
  'time.add': (_, size) => [fractionOf(size), 'P1D'],
  'time.diff': (_, size) => [fractionOf(size), 0, '1d'],
  'json.parse': (_, size) => [`[${'1,'.repeat(size)}1]`],
  'url.parse': (_, size) => [`https://x.org/?${'a=1&'.repeat(size)}`],
  'query.parse': (_, size) => ['a=1&'.repeat(size)],
  'csv.parse': (_, size) => ['a,'.repeat(size)],
  'logfmt.parse': (_, size) => ['a=1 '.repeat(size)],
  'text.redact': (_, size) => [text(size), ['email', 'iban']],
  'regex.test': (_, size) => [text(size), '[xy]+$'],
  'regex.capture': (_, size) => [text(size), '(?<a>[xy]+)$'],
  'regex.findAll': (_, size) => [text(size), '[xy]'],
  'regex.replace': (_, size) => [text(size), '[xy]', '$0'],
  'regex.split': (_, size) => [text(size), '[xy]'],
  'number.parse': (_, size) => ['1'.repeat(size)],
  'number.text': (work, size) => [grown(work, size), 2],
  'table.get': (work, size) => ['none', grown(work, size)],
  'value.at': (_, size) => [{}, text(size)],
  'value.has': (_, size) => [{}, text(size)],
  'value.set': (work, size) => [...holding(work, size), 1],
  'value.update': (work, size) => [...holding(work, size), ['lambda', ['x'], -1]],
  'value.remove': holding,
  'list.group': (work, size) => [
    work === 'calls' || work === 'elements' ? range(size) : [grown(work, size)],
    ['lambda', ['x'], work === 'calls' || work === 'elements' ? 1 : ['$', '/x']],
  ],
  'list.range': (_, size) => [size],
  'object.mapKeys': (work, size) => [ownMembers(work, size), ['lambda', ['x'], ['$', '/x']]],
  'object.mapValues': (work, size) => [ownMembers(work, size), ['lambda', ['x'], 1]],
  'object.filter': (work, size) => [ownMembers(work, size), ['lambda', ['x'], 1]],
  'object.rename': (work, size) => (work === 'text' ? [{ [text(size)]: 1 }, {}] : [members(size), { k0: 'x' }]),
};

/** Arguments that no data may choose. */
const WRITTEN_OUT: Readonly<Record<string, readonly number[]>> = { 'table.get': [0] };

/** A container and the pointer of something in it. */
function holding(work: Work, size: number): Json[] {
  if (work === 'text') return [{ [text(size)]: 1 }, `/${text(size)}`];
  return [grown(work, size), work === 'members' ? '/k0' : '/0'];
}

/** Members of an object, which a lambda is called for. */
function ownMembers(work: Work, size: number): Json {
  return work === 'text' ? { [text(size)]: 1 } : members(size);
}

function argumentsOf(operator: Operator, dialect: Dialect, work: Work, size: number): Json[] {
  const own = OWN[operator.name];
  if (own !== undefined) return own(work, size);
  const signature = operator.signatures[dialect];
  if (signature === undefined) return [];
  const isTwo = signature.max === null && parameterAt(signature, 1)?.role === 'value';
  const count = isTwo ? Math.max(2, signature.min) : signature.min;
  // What makes it go on to the end.
  const comparison = operator.name === 'every' ? '!=' : '==';
  return Array.from({ length: count }, (_, index) => {
    const parameter = parameterAt(signature, index);
    const lambda: Json = ['lambda', ['x', 'y'].slice(0, parameter?.arguments), [comparison, ['$', '/x'], -1]];
    return parameter?.role === 'lambda' ? lambda : argumentOf(parameter?.kind, work, size);
  });
}

/** Steps and units that a call with these arguments takes, beyond those of the same call with next to none. */
function chargeFor(operator: Operator, dialect: Dialect, work: Work, size: number): number {
  const inputs = argumentsOf(operator, dialect, work, size);
  const signature = operator.signatures[dialect];
  const parts = inputs.map((given, index): Json => {
    const role = signature && parameterAt(signature, index)?.role;
    if (role === 'lambda' || WRITTEN_OUT[operator.name]?.includes(index) === true) return given;
    return dialect === 'classic' ? ['get', ['$inputs'], `/${index}`] : ['$inputs', `/${index}`];
  });
  const isPairs = operator.name === 'obj' && dialect === 'classic';
  return chargeOf([operator.name, ...(isPairs ? [parts] : parts)], inputs, dialect);
}

describe('ten times the work is charged at least eight times as much', () => {
  for (const { name, dialects } of operators()) {
    for (const dialect of dialects) {
      const operator = findOperator(name, dialect)?.operator;
      for (const work of operator?.work ?? []) {
        it(`${name}, ${dialect}: ${work}`, () => {
          if (operator === undefined) return;
          const size = SIZES[work];
          const least = chargeFor(operator, dialect, work, 1);
          const once = chargeFor(operator, dialect, work, size) - least;
          const tenfold = chargeFor(operator, dialect, work, 10 * size) - least;
          expect(once).toBeGreaterThan(0);
          expect(tenfold / once).toBeGreaterThanOrEqual(8);
        });
      }
    }
  }
});

describe('what takes the same time is charged the same', () => {
  for (const { name, dialects } of operators()) {
    for (const dialect of dialects) {
      const operator = findOperator(name, dialect)?.operator;
      const isForm = ['let', 'lambda', '$', '$input', '$inputs', 'get'].includes(name);
      if (operator === undefined || operator.work.length > 0 || isForm) continue;
      it(`${name}, ${dialect}`, () => {
        const charges = [10, 10_000].map((size) => chargeFor(operator, dialect, 'elements', size));
        expect(new Set(charges).size).toBe(1);
      });
    }
  }
});
