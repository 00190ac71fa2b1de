import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { occurrences } from '../../../src/pipeline/ai/occurrences.js';
import { spilledCounts } from '../../../src/pipeline/ai/spilled-counts.js';

describe('occurrences', () => {
  it('number equal requests of a stage, in memory and beyond it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.tuple(fc.constantFrom('one', 'two'), fc.integer({ min: 0, max: 40 })), { maxLength: 300 }),
        (inMemoryMax, requests) => {
          const seen = occurrences(inMemoryMax);
          const numbers = requests.map(([stage, request]) => seen.next(stage, String(request)));
          const equalBefore = requests.map(
            ([stage, request], i) => requests.slice(0, i).filter(([s, r]) => s === stage && r === request).length,
          );
          expect(numbers).toEqual(equalBefore);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('are right when the file grows', () => {
    const counts = spilledCounts(4);
    const hashOf = (n: number): Buffer => Buffer.alloc(12, `${n} `);
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 200; n++) expect(counts.next(hashOf(n))).toBe(round);
    }
  });
});
