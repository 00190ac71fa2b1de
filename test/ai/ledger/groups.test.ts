import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING, parseEntry, plus, type LedgerEntry, type Totals } from '../../../src/ai/ledger/index.js';
import { Groups } from '../../../src/ai/ledger/groups.js';

const COSTS = fc.bigInt({ min: 0n, max: 10n ** 12n });

/** Few names and values, so that they meet; some that could be taken for others. */
const TAGS = fc.dictionary(
  fc.constantFrom('team', 'user', '__proto__'),
  fc.constantFrom('a', 'b', '(none)', '(others)', ''),
);

const ENTRIES = fc.array(
  fc
    .record({ cost: COSTS, tags: fc.option(TAGS, { nil: undefined }), day: fc.nat(3), known: fc.boolean() })
    .map(({ cost, tags, day, known }): LedgerEntry => ({
      id: 'x',
      time: day * 86_400_000,
      pipeline: 'default',
      stage: 'ask',
      call: 'key',
      attempt: 1,
      provider: 'openai',
      model: 'gpt-4',
      worst: cost,
      ...(tags && { tags }),
      ...(known && { end: { outcome: 'answered', billing: 'exact', cost, bound: cost } }),
    })),
);

function summedUp(groups: readonly { readonly totals: Totals }[]): Totals {
  return groups.reduce(
    (sum, { totals }) => ({
      ...sum,
      attempts: sum.attempts + totals.attempts,
      answered: sum.answered + totals.answered,
      exact: sum.exact + totals.exact,
      unknown: sum.unknown + totals.unknown,
      unknownAtMost: sum.unknownAtMost + totals.unknownAtMost,
    }),
    NOTHING,
  );
}

describe('costs by tags', () => {
  it("add up to the whole over one tag's values, however many groups there may be", () => {
    fc.assert(
      fc.property(ENTRIES, fc.integer({ min: 1, max: 6 }), (entries, max) => {
        const groups = new Groups(['day', 'tag:team'], 'UTC', max);
        for (const entry of entries) groups.add(entry);
        expect(summedUp(groups.all)).toEqual(entries.reduce(plus, NOTHING));
        expect(groups.all.length).toBeLessThanOrEqual(max + 1);
      }),
    );
  });

  it('count an attempt once for each of its tags, and one without any apart', () => {
    fc.assert(
      fc.property(ENTRIES, (entries) => {
        const groups = new Groups(['tag'], 'UTC');
        for (const entry of entries) groups.add(entry);
        for (const { by, totals } of groups.all) {
          const of = entries.filter(({ tags = {} }) => {
            const all = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
            return by.tag === null ? all.length === 0 : all.includes(String(by.tag));
          });
          expect(totals).toEqual(of.reduce(plus, NOTHING));
        }
      }),
    );
  });

  it('tell the group of all others from a value that is called so', () => {
    const groups = new Groups(['tag:team'], 'UTC', 2);
    const entry = (team: string): LedgerEntry =>
      parseEntry(
        `{"id":"1","time":1,"pipeline":"p","stage":"s","call":"k","attempt":1,"provider":"o","model":"m","worst":"5","tags":{"team":"${team}"}}`,
      );
    for (const team of ['(others)', 'a', 'b', 'c']) groups.add(entry(team));
    expect(groups.all.map(({ by, isOthers, totals }) => [by['tag:team'], isOthers, totals.attempts])).toEqual([
      ['(others)', undefined, 1],
      ['a', undefined, 1],
      ['(others)', true, 2],
    ]);
  });

  it('are told of entries that are older than tags are', () => {
    const groups = new Groups(['tag:team'], 'UTC');
    groups.add(
      parseEntry(
        '{"id":"1-x","time":1,"pipeline":"p","stage":"s","call":"k","attempt":1,"provider":"o","model":"m","worst":"5"}',
      ),
    );
    expect(groups.all.map(({ by }) => by)).toEqual([{ 'tag:team': null }]);
  });
});
