import fc from 'fast-check';
import type { Json } from '../../../src/computo-js/index.js';

const KEYS = ['a', 'b', 'c', 'd', 'list', 'array', '0', '1'];
const key = fc.constantFrom(...KEYS);
const pointer = fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => keys.map((one) => `/${one}`).join(''));
const step = fc.oneof(key, fc.constantFrom(0, 1, -1));
const scalar: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  null,
  true,
  false,
  0,
  1,
  2,
  'a',
  'x',
  { a: 1 },
  { b: { c: 2 } },
  { array: [{ a: 1 }, { b: 2 }] },
);

/** Scripts that read, build and go through data; many of them fail, as they should. */
export function scriptIn(dialect: 'classic' | 'current'): fc.Arbitrary<Json> {
  const { script } = fc.letrec<{ script: Json; lambda: Json; lambda2: Json }>((tie) => {
    const inner = tie('script');
    const call = (name: string, ...args: fc.Arbitrary<Json>[]): fc.Arbitrary<Json> =>
      fc.tuple(...args).map((values) => [name, ...values]);
    const names = fc.array(key, { maxLength: 3 }).map((array): Json => ({ array }));
    const shared = [
      call('if', inner, inner, inner),
      call('not', inner),
      call('map', inner, tie('lambda')),
      call('filter', inner, tie('lambda')),
      call('find', inner, tie('lambda')),
      call('reduce', inner, tie('lambda2'), inner),
      call('car', inner),
      call('cons', inner, inner),
      call('append', inner, inner),
      call('zip', inner, inner),
      call('==', inner, inner, inner),
      call('<', inner, inner, inner),
      call('+', inner, inner),
      call('count', inner),
      call('strConcat', inner, inner),
      call('value.or', inner, inner, inner),
      call('value.try', inner, inner),
      call('value.at', inner, step),
      call('value.at', inner, step, step),
      call('value.has', inner, step),
      call('value.type', inner),
      call('value.set', inner, pointer, inner),
      call('value.update', inner, pointer, tie('lambda')),
      call('value.remove', inner, pointer, pointer),
      call('value.merge', inner, inner),
      call('value.compact', inner),
      call('value.walk', inner, tie('lambda')),
      call('list.slice', inner, fc.constantFrom(0, 1, -1)),
      call('list.flat', inner),
      call('list.group', inner, tie('lambda')),
      call('list.common', inner, inner),
      call('list.indexOf', inner, inner),
      call('object.entries', inner),
      call('object.mapValues', inner, tie('lambda')),
      call('object.filter', inner, tie('lambda')),
      call('object.rename', inner, fc.constantFrom<Json>({ a: 'd' }, { a: 'b' }, { b: 'a', a: 'b' })),
      call('text.split', inner, fc.constant('a')),
      call('regex.capture', inner, fc.constantFrom('(?<a>a)|(?<b>x)', '(', '(?<c>.*)')),
      fc.constantFrom<Json>(['$', '/x'], ['$', '/y'], ['$', '/z']),
    ];
    const own =
      dialect === 'classic'
        ? [
            call('get', inner, pointer),
            fc.constant<Json>(['$input']),
            pointer.map((at): Json => ['get', ['$input'], at]),
            pointer.map((at): Json => ['get', ['$', '/x'], at]),
            fc.array(fc.tuple(key, inner), { maxLength: 3 }).map((pairs): Json => ['obj', ...pairs]),
            fc.array(inner, { maxLength: 3 }).map((array): Json => ({ array })),
            fc.tuple(inner, inner).map(([value, body]): Json => ['let', [['x', value]], body]),
            call('enumerate', inner),
            call('partition', inner, tie('lambda')),
            call('flatMap', inner, tie('lambda')),
            call('mapWithIndex', inner, tie('lambda2')),
            call('zipWith', inner, inner, tie('lambda2')),
            call('&&', inner, inner),
          ]
        : [
            fc.constant<Json>(['$input']),
            pointer.map((at): Json => ['$input', at]),
            pointer.map((at): Json => ['$', `/x${at}`]),
            fc.array(fc.tuple(key, inner), { maxLength: 3 }).map((pairs): Json => ['obj', ...pairs.flat()]),
            fc.tuple(inner, inner).map(([name, value]): Json => ['obj', 'a', 1, name, value]),
            fc.array(inner, { maxLength: 3 }).map((list): Json => [1, ...list]),
            fc.tuple(inner, inner, inner).map(([x, y, body]): Json => ['let', { x, y }, body]),
            fc.tuple(tie('lambda'), inner).map(([f, list]): Json => ['let', { f }, ['map', list, ['$', '/f']]]),
            call('merge', inner, inner),
            call('pick', inner, names),
            call('omit', inner, names),
            call('values', inner),
            call('keys', inner),
            call('sort', inner),
            call('unique', inner),
            call('reverse', inner),
            call('cdr', inner),
            call('and', inner, inner),
          ];
    return {
      script: fc.oneof({ maxDepth: 5, depthSize: 'small' }, scalar, ...own, ...shared),
      lambda: fc.tuple(fc.constantFrom('x', 'z'), inner).map(([name, body]): Json => ['lambda', [name], body]),
      lambda2: inner.map((body): Json => ['lambda', ['x', 'y'], body]),
    };
  });
  return script;
}
