import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateRest, rangeOf } from '../../../src/jobs/forecast/extrapolate.js';
import { mulberry32 } from '../../support/fake-faults.js';

describe('a sum that is known from a sample', () => {
  it('is exact where values go by weight', () => {
    const rest = estimateRest({ count: 100, weight: 500 }, [
      { weight: 5, value: 10 },
      { weight: 7, value: 14 },
    ]);
    expect(rest.likely).toBeCloseTo(976);
    expect(rangeOf([rest])).toEqual({ low: rest.likely, likely: rest.likely, high: rest.likely });
  });

  it('is nothing for sure when everything was looked at', () => {
    const rest = estimateRest({ count: 1, weight: 3 }, [{ weight: 3, value: 9 }]);
    expect(rangeOf([rest])).toEqual({ low: 0, likely: 0, high: 0 });
  });

  it('has no upper end when too few were looked at', () => {
    const few = [
      estimateRest({ count: 9, weight: 9 }, [{ weight: 1, value: 2 }]),
      estimateRest({ count: 9, weight: 9 }, []),
    ];
    expect(rangeOf(few.slice(0, 1))).toMatchObject({ low: 0, likely: 16, high: Infinity });
    expect(rangeOf(few.slice(1))).toMatchObject({ low: 0, likely: 0, high: Infinity });
  });

  it('holds the value that it is about, within the range, for nearly all samples', () => {
    const random = mulberry32(7);
    const members = Array.from({ length: 400 }, () => {
      const weight = 50 + random() * 200;
      return { weight, value: weight * (0.5 + random()) + random() * 30 };
    });
    const sum = (of: readonly { weight: number; value: number }[], key: 'weight' | 'value') =>
      of.reduce((total, one) => total + one[key], 0);
    const trials = 400;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const shuffled = members.map((one) => [random(), one] as const).sort(([a], [b]) => a - b);
      const sample = shuffled.slice(0, 20).map(([, one]) => one);
      const range = rangeOf([estimateRest({ count: 400, weight: sum(members, 'weight') }, sample)]);
      const truth = sum(members, 'value') - sum(sample, 'value');
      if (truth >= range.low && truth <= range.high) held += 1;
    }
    expect(held / trials).toBeGreaterThan(0.92);
  });

  it('narrows with the size of the sample, and never is a range upside down', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ weight: fc.integer({ min: 1, max: 999 }), value: fc.nat(999) })), (sample) => {
        const weight = sample.reduce((total, one) => total + one.weight, 0) + 5000;
        const { low, likely, high } = rangeOf([estimateRest({ count: sample.length + 50, weight }, sample)]);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(likely).toBeGreaterThanOrEqual(low);
        expect(high).toBeGreaterThanOrEqual(likely);
      }),
    );
  });
});
