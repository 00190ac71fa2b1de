import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KeyError, KeyRing } from '../../src/crypt/index.js';
import { StateStore } from '../../src/jobs/state-store.js';
import { StateMirror } from '../../src/pipeline/across/state-mirror.js';
import type { StateChanges } from '../../src/pipeline/index.js';
import { scratch } from '../support/cli.js';
import { runs } from '../support/runs.js';

const KEYS = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;
const OLD = new KeyRing([KEYS[0]]);
const BOTH = new KeyRing([KEYS[1], KEYS[0]]);
const NEW = new KeyRing([KEYS[1]]);

const STAGES = [['dedupe-1', 'a']] as const;

/** Short and long, of letters and of what LMDB has no key for. */
const key = fc.constantFrom(
  '',
  'a',
  'b',
  '\0n1',
  'é',
  '\ud800',
  '\ud801',
  'x'.repeat(399) + 'a',
  'x'.repeat(600),
  'x'.repeat(599) + 'y',
);
const entry = fc.oneof(fc.constant(null), fc.tuple(fc.nat(50), fc.json({ maxDepth: 1 })));
const changes: fc.Arbitrary<StateChanges> = fc.array(
  fc.tuple(fc.constantFrom('1.keys', '2.keys'), fc.array(fc.tuple(key, entry), { maxLength: 5 })),
  { maxLength: 3 },
);

type Step =
  | { readonly do: 'commit'; readonly changes: StateChanges }
  /** Dies, and begins again where the last checkpoint is: the last version, or the one before. */
  | { readonly do: 'restart'; readonly isBefore: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: changes.map((some) => ({ do: 'commit', changes: some }) as const) },
  { weight: 2, arbitrary: fc.boolean().map((isBefore) => ({ do: 'restart', isBefore }) as const) },
);

/** In an order of its own: entries tell theirs. */
function sorted(state: StateChanges): unknown {
  const tables = state.map(([name, entries]) => [name, [...entries].sort(byKey)] as const);
  return tables.filter(([, entries]) => entries.length > 0).sort(byKey);
}

function byKey([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : 1;
}

function mirrorOf(state: StateChanges): StateMirror {
  const mirror = new StateMirror();
  mirror.apply(state);
  return mirror;
}

describe('the state of stages on the disk', () => {
  it.each([
    ['plain', [undefined]],
    ['encrypted', [OLD]],
    ['encrypted from some day on, with one key and then another', [undefined, OLD, BOTH, NEW]],
  ])('is that of the last commit, or of the one before, whatever was committed: %s', async (_how, rings) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const folder = join(scratch(), 'state');
        let times = 0;
        const open = (): Promise<StateStore> => StateStore.open(folder, rings[Math.min(times++, rings.length - 1)]);
        let store = await open();
        store.begin(STAGES, 0);
        let last = { version: 0, state: new StateMirror() };
        let previous = last;
        for (const one of steps) {
          if (one.do === 'commit') {
            const state = mirrorOf(last.state.all());
            state.apply(one.changes);
            previous = last;
            last = { version: last.version + 1, state };
            store.commit(last.version, one.changes);
          } else {
            await store.close();
            store = await open();
            const version = one.isBefore ? previous : last;
            expect(sorted(store.load(version.version) ?? [])).toEqual(sorted(version.state.all()));
            last = previous = version;
          }
        }
        expect(store.stages).toEqual(STAGES);
        expect(store.load(last.version + 1)).toBeUndefined();
        expect(sorted(store.load(last.version) ?? [])).toEqual(sorted(last.state.all()));
        await store.close();
        // A new key is enough once the state was opened with it; what is encrypted is refused without any.
        if (rings.length > 1 && times < rings.length) return;
        const key = rings.at(-1);
        const again = await StateStore.open(folder, key);
        expect(sorted(again.load(last.version) ?? [])).toEqual(sorted(last.state.all()));
        await again.close();
        if (key !== undefined) await expect(StateStore.open(folder)).rejects.toThrow(KeyError);
      }),
      { numRuns: runs(40) },
    );
  });

  it('takes a version once, and knows none that is older than the one before', async () => {
    const store = await StateStore.open(join(scratch(), 'state'));
    store.begin(STAGES, 7);
    store.commit(8, [['t', [['k', [0, '1']]]]]);
    store.commit(8, [['t', [['k', [0, '2']]]]]);
    store.commit(9, []);
    expect(store.load(7)).toBeUndefined();
    expect(store.load(8)).toEqual([['t', [['k', [0, '1']]]]]);
    const others = [...STAGES, ['fold-2', 'b']] as const;
    store.begin(others, 9, [['2.states', [['k', [4, '5']]]]]);
    expect(store.stages).toEqual(others);
    expect(store.load(9)).toEqual([['2.states', [['k', [4, '5']]]]]);
    expect(store.load(8)).toBeUndefined();
    await store.close();
  });
});
