import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json } from 'computo-js';
import { putInto, requirePlace } from '../../src/pipeline/put-into.js';

const key = fc.constantFrom('a', 'b', '0', '__proto__');
const data = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json[]>(null, 1, 'x', [1]),
    fc.dictionary(key, tie('value')) as fc.Arbitrary<Json>,
  ),
})).value;

it('a place is refused beforehand just where nothing can be put', () => {
  const outcome = (act: () => unknown): string => {
    try {
      act();
      return '';
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(data, fc.array(key, { maxLength: 4 }), (given, segments) => {
      expect(outcome(() => requirePlace(given, segments, 's'))).toBe(outcome(() => putInto(given, segments, 7, 's')));
    }),
  );
});
