import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget, type Budget } from '../../../src/ai/budget/index.js';
import { openStores, type Store } from '../../../src/ai/store/index.js';
import { createFakeWorld, type FakeWorld } from '../../support/fake-world.js';

async function setup(): Promise<{ store: Store; budget: Budget; world: FakeWorld }> {
  const store = (await openStores({ kind: 'memory' })).open('budget');
  const world = createFakeWorld();
  return { store, world, budget: createBudget(store, 'me', world) };
}

const day = (limit: bigint) => [{ account: 'day', limit }];

describe('a budget', () => {
  it('sets worst cases aside, and charges what calls really cost', async () => {
    const { budget } = await setup();
    expect(await budget.reserve('a', 60n, day(100n))).toEqual({ kind: 'reserved' });
    expect(await budget.reserve('b', 60n, day(100n))).toEqual({
      kind: 'full',
      account: 'day',
      isBegun: false,
      needed: 60n,
      limit: 100n,
      left: 40n,
      openCalls: true,
    });
    await budget.settle('a', 10n);
    expect(await budget.reserve('b', 60n, day(100n))).toEqual({ kind: 'reserved' });
    await budget.settle('b', 60n);
    expect(await budget.reserve('c', 31n, day(100n))).toEqual({
      kind: 'full',
      account: 'day',
      isBegun: true,
      needed: 31n,
      limit: 100n,
      left: 30n,
      openCalls: false,
    });
    expect(await budget.reserve('d', 30n, day(100n))).toEqual({ kind: 'reserved' });
    expect(await budget.state('day')).toEqual({ spent: 70n, setAside: 30n });
  });

  it('of nothing lets nothing through that may cost something', async () => {
    const { budget } = await setup();
    expect(await budget.reserve('a', 1n, day(0n))).toMatchObject({ kind: 'full', left: 0n });
    expect(await budget.reserve('b', 0n, day(0n))).toEqual({ kind: 'reserved' });
  });

  it('reserves in all accounts of a call or in none', async () => {
    const { budget } = await setup();
    const charges = [{ account: 'day', limit: 100n }, { account: 'run', limit: 10n }, { account: 'counted only' }];
    expect(await budget.reserve('a', 20n, charges)).toMatchObject({ kind: 'full', account: 'run' });
    expect(await budget.state('day')).toEqual({ spent: 0n, setAside: 0n });
    await budget.reserve('b', 10n, charges);
    await budget.settle('b', 4n);
    expect(await budget.state('counted only')).toEqual({ spent: 4n, setAside: 0n });
  });

  it('returns the state of a call’s accounts when it is settled', async () => {
    const { budget } = await setup();
    await budget.reserve('a', 10n, [...day(100n), { account: 'run' }]);
    await budget.reserve('b', 10n, day(100n));
    await budget.settle('b', 5n);
    await budget.claimAlert('day');
    const accounts = await budget.settle('a', 7n);
    expect([...accounts.keys()]).toEqual(['day', 'run']);
    expect(accounts.get('day')).toMatchObject({ spent: 12n, alerted: true });
    expect(accounts.get('run')).toMatchObject({ spent: 7n, alerted: false });
    expect(await budget.settle('a', 7n)).toEqual(new Map());
  });

  it('settles a reservation once, however often it is asked to', async () => {
    const { budget } = await setup();
    await budget.reserve('a', 10n, day(100n));
    await Promise.all([budget.settle('a', 7n), budget.settle('a', 7n), budget.settle('never', 7n)]);
    expect(await budget.state('day')).toEqual({ spent: 7n, setAside: 0n });
  });

  it('is never exceeded, in whatever order calls come and end', async () => {
    const call = fc.record({
      worst: fc.bigInt({ min: 0n, max: 50n }),
      share: fc.integer({ min: 0, max: 100 }),
      later: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 40 }), fc.bigInt({ min: 0n, max: 200n }), async (calls, limit) => {
        const { budget, store, world } = await setup();
        const other = createBudget(store, 'somebody else', world);
        const open: [string, bigint][] = [];
        await Promise.all(
          calls.map(async ({ worst, share, later }, i) => {
            const where = i % 2 === 0 ? budget : other;
            const id = String(i);
            if ((await where.reserve(id, worst, day(limit))).kind === 'full') return;
            const cost = (worst * BigInt(share)) / 100n;
            if (later) open.push([id, cost]);
            else await where.settle(id, cost);
          }),
        );
        const before = await budget.state('day');
        expect(before.spent + before.setAside).toBeLessThanOrEqual(limit);
        for (const [id, cost] of open) await budget.settle(id, cost);
        const after = await budget.state('day');
        expect(after.setAside).toBe(0n);
        expect(after.spent).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('wakes those who wait when something is settled, or looks by itself', async () => {
    const { budget, world } = await setup();
    await budget.reserve('a', 10n, day(10n));
    const woken = budget.changed();
    await budget.settle('a', 1n);
    expect(await woken).toBe(true);
    const polled = budget.changed();
    await world.pass(1000);
    expect(await polled).toBe(true);
    expect(await budget.changed(AbortSignal.abort())).toBe(false);
  });

  it('has one caller warn of each account', async () => {
    const { budget } = await setup();
    expect(await Promise.all([1, 2, 3].map(() => budget.claimAlert('day')))).toEqual([true, false, false]);
    expect(await budget.claimAlert('another day')).toBe(true);
  });

  it('forgets accounts long past, but none that is in use', async () => {
    const { budget, world, store } = await setup();
    await budget.reserve('open', 1n, [{ account: 'in use' }]);
    for (let i = 0; i < 600; i++) {
      await budget.reserve(String(i), 1n, [{ account: `run ${i}` }]);
      await budget.settle(String(i), 1n);
    }
    await world.pass(4 * 86_400_000);
    await budget.reserve('now', 1n, [{ account: 'today' }]);
    await budget.settle('now', 1n);
    const kept = JSON.parse((await store.get('accounts'))?.value ?? '') as { accounts: object };
    expect(Object.keys(kept.accounts)).toEqual(['today']);
    expect((await budget.reservations()).map(({ id }) => id)).toEqual(['open']);
  });

  it('is read as it was stored, by this version and the one before', async () => {
    const { budget, store, world } = await setup();
    const charges = [{ account: 'day' }, { account: 'run' }];
    await store.put(
      'accounts',
      JSON.stringify({
        accounts: { day: { spent: '7', touchedAt: 1, alerted: true } },
        open: { old: { worst: '5', accounts: ['day'], owner: 'you', at: 2 } },
      }),
    );
    await budget.reserve('a', 3n, charges);
    await budget.reserve('b', 4n, charges);
    const other = createBudget(store, 'other', world);
    await other.reserve('c', 2n, [{ account: 'run' }]);
    const reader = createBudget(store, 'reader', world);
    const at = world.now();
    expect(await reader.reservations()).toEqual([
      { id: 'old', worst: 5n, accounts: ['day'], owner: 'you', at: 2 },
      { id: 'a', worst: 3n, accounts: ['day', 'run'], owner: 'me', at },
      { id: 'b', worst: 4n, accounts: ['day', 'run'], owner: 'me', at },
      { id: 'c', worst: 2n, accounts: ['run'], owner: 'other', at },
    ]);
    expect(await reader.state('day')).toEqual({ spent: 7n, setAside: 12n });
    expect(await reader.claimAlert('day')).toBe(false);
    await reader.settle('old', 1n);
    expect(await budget.state('day')).toEqual({ spent: 8n, setAside: 7n });
  });
});
