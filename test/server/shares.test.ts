import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Shares } from '../../src/server/shares.js';

describe('what there is so much of', () => {
  it('is never all with one, and comes back whole', () => {
    const moves = fc.array(
      fc.record({ caller: fc.constantFrom('a', 'b', 'c'), amount: fc.integer({ min: -9, max: 9 }) }),
    );
    fc.assert(
      fc.property(moves, (all) => {
        const shares = new Shares(() => 20);
        const held = { a: 0, b: 0, c: 0 };
        for (const { caller, amount } of all) {
          const name = caller;
          if (amount > 0 && shares.take(name, amount)) held[name] += amount;
          const back = Math.min(-amount, held[name]);
          if (amount < 0) shares.give(name, back);
          if (amount < 0) held[name] -= back;
          const total = held.a + held.b + held.c;
          expect(Math.max(held.a, held.b, held.c)).toBeLessThanOrEqual(10);
          if (total < 20) expect(shares.take('somebody new', 1) || total > 18).toBe(true);
          if (total <= 18) shares.give('somebody new', 1);
        }
        for (const [caller, amount] of Object.entries(held)) shares.give(caller, amount);
        expect(shares.take('d', 10)).toBe(true);
        expect(shares.take('d', 1)).toBe(false);
      }),
    );
  });
});
