import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realWorld } from '../../../src/ai/ai-world.js';
import { BatchRefusedError } from '../../../src/ai/call/batch-driver.js';
import { BatchEndings } from '../../../src/ai/call/batch-endings.js';
import type { AiClient, AiClientOptions, BatchRecord, LaneOptions } from '../../../src/ai/index.js';
import type { BatchFault, BatchStep, FakeBatchOptions, RowFate } from '../../support/fake-batches.js';
import type { FakeProvider } from '../../support/fake-provider.js';
import { setupOf, stage, type Stage } from './setup.js';
import { booksOf, filesIn } from './batch-scenario.js';

const WIRES = ['openai', 'anthropic', 'google'] as const;
const MODELS = {
  openai: 'gpt-4o-mini',
  anthropic: 'claude-3-haiku-20240307',
  google: 'gemini-2.5-flash',
} as const;
const MINUTE_MS = 60_000;

/** Rows of batches at one fake, with a clock that stands still unless a test sets it on. */
interface Bench {
  readonly fake: FakeProvider;
  readonly client: AiClient;
  /** Writes rows into batches. @returns the batches, and how many rows wait for none */
  readonly gather: (
    rows: readonly string[],
    rowsMax?: number,
  ) => Promise<{ readonly ids: ReadonlySet<string>; readonly free: number }>;
  readonly records: () => Promise<readonly BatchRecord[]>;
  /** Advances so often, with so much time after each. */
  readonly rounds: (count: number, ms: number) => Promise<void>;
  /** Money as the ledger has it. */
  readonly booked: () => Promise<{ readonly exact: bigint; readonly inDoubt: bigint; readonly unknown: number }>;
}

describe('batches', () => {
  let one: Stage;
  let now: number;
  beforeEach(() => {
    one = stage();
    now = Date.UTC(2026, 0, 1, 12);
  });
  afterEach(() => one.close());

  async function bench(
    wire: (typeof WIRES)[number],
    batches: FakeBatchOptions = {},
    options: Partial<AiClientOptions> = {},
  ): Promise<Bench> {
    const fake = await one.fake(wire, { batches: Object.assign(batches, { now: () => now }) });
    const world = { ...realWorld, now: () => now };
    const client = await one.client([setupOf(fake, wire)], { providerWaitMs: 5 * MINUTE_MS, ...options }, world);
    const records = async (): Promise<BatchRecord[]> => {
      const all: BatchRecord[] = [];
      for await (const record of client.batches.records()) all.push(record);
      return all;
    };
    return {
      fake,
      client,
      records,
      async gather(rows, rowsMax) {
        const gathering = client.batches.gathering({ rowsMax });
        const ids = new Set<string>();
        let free = 0;
        for (const content of rows) {
          const request = { model: MODELS[wire], messages: [{ role: 'user' as const, content }], max_tokens: 40 };
          const asked = await gathering.gather(request, { stage: 'ask', pipeline: 'p', identity: { event: content } });
          if (asked.kind === 'waits') ids.add(asked.batch);
          else free += 1;
        }
        await gathering.seal();
        return { ids, free };
      },
      async rounds(count, ms) {
        for (let round = 0; round < count; round += 1) {
          await client.batches.advance();
          now += ms;
        }
      },
      async booked() {
        const { totals } = await client.status();
        return {
          exact: totals.exact,
          inDoubt: totals.estimatedAtMost + totals.unknownAtMost,
          unknown: totals.unknown,
        };
      },
    };
  }

  it('of vectors hold no more texts than the provider takes in one, however few requests these are in', async () => {
    const fake = await one.fake('openai');
    const client = await one.client([setupOf(fake, 'openai')], {}, { ...realWorld, now: () => now });
    const gathering = client.batches.gathering({});
    const texts = 2000;
    for (let row = 0; row < 26; row += 1) {
      const messages = Array.from({ length: texts }, (_, n) => ({ role: 'user' as const, content: `${row} ${n}` }));
      const request = { model: 'text-embedding-3-small', messages, embedding: { many: true }, max_tokens: 0 };
      const asked = await gathering.gather(request, { stage: 'e', pipeline: 'p', identity: { event: String(row) } });
      expect(asked.kind).toBe('waits');
    }
    await gathering.seal();
    const rows: number[] = [];
    for await (const record of client.batches.records()) rows.push(record.rows);
    expect(rows).toEqual([50_000 / texts, 1]);
  });

  const at = (step: BatchStep, fault: BatchFault) => (where: BatchStep, n: number) =>
    where === step && n === 0 ? fault : undefined;

  describe.each(WIRES)('of %s', (wire) => {
    it('that the provider takes a while after it failed to answer are not sent again', async () => {
      const late: BatchFault = { kind: 'late', status: 504, ms: 45_000 };
      const faults = at('submit', late);
      const slow = (step: BatchStep, n: number): BatchFault | undefined => {
        const fault = faults(step, n);
        if (fault !== undefined) now += 31_000;
        return fault;
      };
      const { fake, gather, rounds, records } = await bench(wire, { faults: slow, looks: 0 });
      await gather(['a', 'b']);
      await rounds(8, 31_000);
      expect(fake.batches).toHaveLength(1);
      expect(await records()).toMatchObject([{ state: 'closed', outcome: 'ended: 2 answered' }]);
    });

    it('that the provider does not know for minutes are waited for', async () => {
      let until = Infinity;
      const { fake, gather, rounds, records } = await bench(wire, { looks: 0, forgets: () => now < until });
      await gather(['a']);
      await rounds(1, MINUTE_MS);
      until = now + 9 * MINUTE_MS;
      await rounds(20, 30_000);
      expect(await records()).toMatchObject([{ state: 'closed', outcome: 'ended: 1 answered' }]);
      expect(fake.billed).toBeGreaterThan(0n);
    });

    it('that the provider does not know any more are in doubt, each request at its worst', async () => {
      const { gather, rounds, records, booked } = await bench(wire, { looks: 0, forgets: () => true });
      await gather(['a', 'b']);
      await rounds(30, 30_000);
      const [record] = await records();
      expect(record).toMatchObject({ state: 'closed', cost: '0', charge: record?.worst });
      expect(await booked()).toEqual({ exact: 0n, inDoubt: BigInt(record?.worst ?? '0'), unknown: 2 });
    });

    it.each<BatchFault>([{ kind: 'json', body: '<html>sign in</html>' }, { kind: 'json', body: '' }, { kind: 'cut' }])(
      'whose results are something else for a moment (%o) are fetched again',
      async (fault) => {
        const { fake, gather, rounds, records, booked } = await bench(wire, {
          looks: 0,
          faults: at('download', fault),
        });
        await gather(['a', 'b', 'c']);
        await rounds(4, 30_000);
        expect(await records()).toMatchObject([{ state: 'closed', outcome: 'ended: 3 answered' }]);
        expect(await booked()).toMatchObject({ exact: fake.billed, unknown: 0 });
      },
    );

    it('that the provider counts more results of than it has are in doubt after ten minutes', async () => {
      const fate = (row: number): RowFate => (row === 1 ? 'missing' : 'answered');
      const { gather, rounds, records, booked } = await bench(wire, { looks: 0, fate });
      await gather(['a', 'b', 'c']);
      await rounds(9, MINUTE_MS);
      expect(await records()).toMatchObject([{ state: 'fetching' }]);
      expect(one.notices.filter(({ message }) => message.includes('1 of 3 requests have no result yet'))).toHaveLength(
        1,
      );
      await rounds(4, MINUTE_MS);
      expect(await records()).toMatchObject([
        { outcome: expect.stringMatching(/^ended: 2 answered, 1 in doubt/) as string },
      ]);
      expect(await booked()).toMatchObject({ unknown: 1 });
    });

    it.each<[string, BatchStep, BatchFault]>([
      ['a poll that says nothing', 'poll', { kind: 'json', body: [] }],
      ['a download that always breaks', 'download', { kind: 'cut' }],
      ['a cancellation that always fails', 'cancel', { kind: 'status', status: 500 }],
    ])('give a provider up after provider_wait for %s, which is told once', async (_, step, fault) => {
      const faults = (where: BatchStep): BatchFault | undefined => (where === step ? fault : undefined);
      const { gather, rounds, records, client } = await bench(wire, {
        looks: step === 'cancel' ? Infinity : 0,
        faults,
      });
      const [id = ''] = (await gather(['a'])).ids;
      if (step === 'cancel') await rounds(1, 0);
      const givenUp: (string | undefined)[] = [];
      for (let minute = 0; minute < 8; minute += 1) {
        if (step === 'cancel') await client.batches.cancel(id);
        await rounds(1, MINUTE_MS);
        givenUp.push(...(await records()).map((record) => client.batches.givenUp(record)));
      }
      expect(givenUp.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
      expect(givenUp.at(-1)).toBeDefined();
      expect(one.notices.filter(({ message }) => message.includes('trying again'))).toHaveLength(1);
      expect((await records()).map(({ state }) => state)).not.toContain('closed');
    });

    it('whose request file is gone are written again', async () => {
      const { fake, gather, rounds } = await bench(wire, { looks: 0 });
      await gather(['a', 'b']);
      for (const name of filesIn(one.folder)) rmSync(join(one.folder, name));
      await rounds(1, 0);
      expect(fake.batches).toEqual([]);
      expect(one.notices.map(({ message }) => message).join()).toMatch(/is missing; its requests are written again/);
      expect(await gather(['a', 'b'])).toMatchObject({ free: 0, ids: { size: 1 } });
      await rounds(3, 0);
      expect(fake.records).toHaveLength(2);
      expect(filesIn(one.folder)).toEqual([]);
    });

    it('are sent by nobody who may not, and one alone is cancelled', async () => {
      const { fake, gather, client, records } = await bench(wire, { looks: 0 });
      const [first = '', second = ''] = (await gather(['a', 'b'], 1)).ids;
      const maySubmit = (): boolean => false;
      await client.batches.advance({ maySubmit });
      expect(await client.batches.cancel(first)).toBe('ends');
      await client.batches.advance({ only: new Set([first]) });
      expect(fake.batches).toEqual([]);
      expect((await records()).map(({ id, state }) => [id, state])).toEqual([
        [first, 'closed'],
        [second, 'sealed'],
      ]);
      expect(await client.batches.withdraw(second, 'enough')).toBe(true);
      expect(filesIn(one.folder)).toEqual([]);
    });

    it('that end while they are cancelled are fetched, and one that could not be asked is asked again', async () => {
      const faults = (step: BatchStep, n: number): BatchFault | undefined =>
        step === 'cancel' ? { kind: 'status', status: n === 0 ? 503 : 400 } : undefined;
      let looks = Infinity;
      const batches: FakeBatchOptions = {
        faults,
        get looks() {
          return looks;
        },
      };
      const { gather, rounds, client, records } = await bench(wire, batches);
      const [id = ''] = (await gather(['a'])).ids;
      await rounds(2, 0);
      expect(await client.batches.cancel(id)).toBe('not-now');
      expect(await client.batches.cancel(id)).toBe('ends');
      looks = 0;
      await rounds(2, 0);
      expect(await records()).toMatchObject([{ outcome: 'ended: 1 answered' }]);
    });

    it('that are refused leave others alone', async () => {
      const { gather, client, fake, records } = await bench(wire, {
        looks: 0,
        faults: at('submit', { kind: 'status', status: 400, message: 'no' }),
      });
      const [bad = '', good = ''] = (await gather(['a', 'b'], 1)).ids;
      await expect(client.batches.advance()).rejects.toThrow(BatchRefusedError);
      expect(fake.batches).toHaveLength(1);
      await client.batches.advance({ only: new Set([good]) });
      const states = Object.fromEntries((await records()).map(({ id, outcome }) => [id, outcome]));
      expect(states).toMatchObject({
        [good]: 'ended: 1 answered',
        [bad]: expect.stringContaining('refused') as string,
      });
    });

    it('that a provider has no room for while it has others wait for these, and give it up if it has none', async () => {
      const state = { isFull: true, looks: Infinity, submits: 0 };
      const batches: FakeBatchOptions = {
        faults(step, n) {
          if (step !== 'submit') return undefined;
          state.submits += 1;
          return n > 0 && state.isFull ? { kind: 'status', status: 429 } : undefined;
        },
        get looks() {
          return state.looks;
        },
      };
      const { gather, rounds, records, client, fake } = await bench(wire, batches);
      await gather(['a', 'b', 'c'], 1);
      const givenUp = async (): Promise<readonly boolean[]> =>
        (await records()).map((record) => client.batches.givenUp(record) !== undefined);
      await rounds(12, MINUTE_MS);
      // In each round, one is tried.
      expect([await givenUp(), state.submits]).toEqual([[false, false, false], 1 + 12]);
      expect(one.notices.filter(({ message }) => message.includes('waits for others to end'))).toHaveLength(1);
      state.looks = 0;
      await rounds(8, MINUTE_MS);
      expect((await records()).map(({ state: at }) => at)).toEqual(['closed', 'sealed', 'sealed']);
      expect(await givenUp()).toEqual([true, true, true]);
      state.isFull = false;
      await rounds(3, MINUTE_MS);
      expect((await records()).map(({ outcome }) => outcome)).toEqual(Array(3).fill('ended: 1 answered'));
      expect(fake.records).toHaveLength(3);
    });

    it('give a provider up that was never there after 30 s, and one that has answered after provider_wait', async () => {
      const { gather, rounds, records, client, fake } = await bench(wire, { looks: Infinity });
      const givenUp = async (): Promise<readonly boolean[]> =>
        (await records()).map((record) => client.batches.givenUp(record) !== undefined);
      await gather(['a']);
      await rounds(3, 0);
      await fake.close();
      await rounds(4, MINUTE_MS);
      expect(await givenUp()).toEqual([false]);
      await rounds(2, MINUTE_MS);
      expect(await givenUp()).toEqual([true]);
      expect(await records()).toMatchObject([{ state: 'submitted' }]);
      await client.close();
      const other = await one.client([setupOf(fake, wire)], {}, { ...realWorld, now: () => now });
      for (let round = 0; round < 3; round += 1) {
        await other.batches.advance();
        now += 11_000;
      }
      const all: BatchRecord[] = [];
      for await (const record of other.batches.records()) all.push(record);
      expect(all.map((record) => other.batches.givenUp(record))).toEqual([
        expect.stringContaining('nothing listens there'),
      ]);
    });

    it('never reached the provider if there was no connection', async () => {
      const { gather, rounds, records, fake } = await bench(wire);
      await fake.close();
      await gather(['a']);
      await rounds(2, 0);
      expect(await records()).toMatchObject([{ state: 'sealed' }]);
    });

    it('are told if their provider has another address now, and can be given up', async () => {
      const { gather, rounds, client, fake, records } = await bench(wire, { looks: Infinity });
      const [id = ''] = (await gather(['a'])).ids;
      await rounds(1, 0);
      const [record] = await records();
      await client.close();
      const moved = { ...setupOf(fake, wire), baseUrl: fake.url.replace('127.0.0.1', 'localhost') };
      const other = await one.client([moved], {}, { ...realWorld, now: () => now });
      const strays: string[] = [];
      for await (const stray of other.batches.strays(['p'])) strays.push(stray);
      expect(strays).toEqual([expect.stringContaining(`batch ${id} (1 request, at most`)]);
      await expect(other.batches.advance()).rejects.toThrow('does not have any more');
      expect(await other.batches.giveUp(id, 'enough')).toBe(true);
      const { totals } = await other.status();
      expect(totals.unknownAtMost).toBe(BigInt(record?.worst ?? '0'));
    });

    it('that hold the budget stop live calls, by name', async () => {
      const { gather, rounds, records, client } = await bench(wire, {
        looks: Infinity,
      });
      await gather(['a', 'b']);
      await rounds(1, 0);
      const [record] = await records();
      await client.close();
      const worst = Number(record?.worst) / 1e9;
      const provider = { ...setupOf(await one.fake(wire), wire) };
      const other = await one.client(
        [provider],
        { budget: { daily: (worst * 1.2).toFixed(9) } },
        { ...realWorld, now: () => now },
      );
      const asked = await other.call(
        {
          model: MODELS[wire],
          messages: [{ role: 'user', content: 'c' }],
          max_tokens: 40,
        },
        { stage: 'ask', pipeline: 'p', identity: { event: 'c' } },
      );
      expect(asked).toMatchObject({
        kind: 'stopped',
        reason: 'budget',
        message: expect.stringContaining(`batch ${record?.id ?? ''} holds $`) as string,
      });
    });

    it('are fetched with the key that may, wherever it stands, and told where no key may', async () => {
      const batches: { looks: number } = { looks: Infinity };
      const { gather, rounds, client, fake } = await bench(wire, batches);
      const [id = ''] = (await gather(['a'])).ids;
      await rounds(1, 0);
      await client.close();
      const world = { ...realWorld, now: () => now };
      const [right, wrong] = [{ reveal: () => fake.apiKey }, { reveal: () => 'wrong' }];
      const straysWith = async (more: Partial<LaneOptions>): Promise<readonly string[]> => {
        const other = await one.client([setupOf(fake, wire, more)], {}, world);
        const strays: string[] = [];
        for await (const stray of other.batches.strays(['p'], true)) strays.push(stray);
        await other.close();
        return strays;
      };
      expect(await straysWith({ apiKeys: [wrong] })).toEqual([expect.stringMatching(/with a key that .*HTTP 40[01]/)]);
      expect(await straysWith({ name: 'other' })).toEqual([expect.stringContaining('does not have any more')]);
      const kind = wire === 'openai' ? 'anthropic' : 'openai';
      expect(await straysWith({ kind })).toEqual([expect.stringContaining('does not have any more')]);
      expect(await straysWith({ apiKeys: [wrong, right] })).toEqual([]);
      batches.looks = 0;
      const later = await one.client([setupOf(fake, wire, { apiKeys: [wrong, right] })], {}, world);
      await later.batches.advance();
      const kept: BatchRecord[] = [];
      for await (const record of later.batches.records()) kept.push(record);
      expect(kept).toMatchObject([{ id, outcome: 'ended: 1 answered' }]);
      expect(JSON.stringify(kept)).not.toContain(fake.apiKey);
    });

    it('are forgotten when answers of their age are', async () => {
      const { gather, rounds, records } = await bench(wire, { looks: 0 }, { journal: { ttlMs: 60 * MINUTE_MS } });
      await gather(['a']);
      await rounds(3, 0);
      expect(await records()).toMatchObject([{ state: 'closed', tidied: true }]);
      await rounds(2, 61 * MINUTE_MS);
      expect(await records()).toEqual([]);
    });
  });

  it.each(['expired', 'full'] as const)(
    'of Google that end without results (%s) are in doubt at their worst, and go into one more batch, then live',
    async (how) => {
      const { fake, gather, rounds, records, booked } = await bench('google', { looks: 0, fails: () => how });
      const first = await gather(['a', 'b', 'c']);
      expect([first.ids.size, first.free]).toEqual([1, 0]);
      await rounds(3, MINUTE_MS);
      const [record] = await records();
      const why = how === 'expired' ? 'it has expired' : 'it failed \\(broken down\\)';
      expect(record).toMatchObject({
        state: 'closed',
        tidied: true,
        outcome: expect.stringMatching(new RegExp(`^in doubt: ${why}, and Google gives no results`)) as string,
        cost: '0',
        charge: record?.worst,
        unanswered: 3,
      });
      const worst = BigInt(record?.worst ?? '0');
      expect(worst).toBeGreaterThanOrEqual(fake.billed);
      expect(await booked()).toEqual({ exact: 0n, inDoubt: worst, unknown: 3 });
      expect(one.notices.filter(({ kind }) => kind === 'in-doubt').map(({ message }) => message)).toEqual([
        expect.stringMatching(/^batch \w+ \(batches\/batch-0\) is in doubt: .*It may be billed, at most \$0\.\d/),
      ]);
      const second = await gather(['a', 'b', 'c']);
      expect([second.ids.size, second.free]).toEqual([1, 0]);
      await rounds(3, MINUTE_MS);
      expect(await booked()).toEqual({ exact: 0n, inDoubt: 2n * worst, unknown: 6 });
      expect(await gather(['a', 'b', 'c'])).toMatchObject({ free: 3 });
      expect(filesIn(one.folder)).toEqual([]);
    },
  );

  it('of which another process has asked something are not sent, and the rest is written again', async () => {
    const { gather, client, fake, records, rounds } = await bench('openai', { looks: 0 });
    await gather(['a', 'b', 'c']);
    const [old] = await records();
    const books = await booksOf(one.folder, 0, { ...realWorld, now: () => now });
    try {
      const row = await books.batches().row(old?.id ?? '', 1);
      const found = await books.journal.get(row?.key ?? '');
      if (row === undefined || found === undefined) throw new Error('no row');
      // As it does when it takes a batch for given up that was not sent for an hour.
      const asking = { kind: 'open', attempt: '', owner: books.owner, worst: null } as const;
      expect(await books.journal.claim(row.key, { ...found.record, state: asking }, found)).toBe(true);
      await client.batches.advance();
      expect(fake.batches).toEqual([]);
      expect(await records()).toMatchObject([
        { state: 'closed', outcome: 'not sent: 1 of its 3 requests were asked live meanwhile', charge: '0' },
      ]);
      expect(await gather(['a', 'b', 'c'])).toMatchObject({ free: 1 });
      await rounds(3, 0);
      expect(fake.batches.map(({ rows }) => rows.length)).toEqual([2]);
      expect((await records()).map(({ outcome }) => outcome)).toContain('ended: 2 answered');
    } finally {
      await books.close();
    }
  });

  it('that another process has changed are neither closed nor given up, and keep what they need', async () => {
    const { gather, records } = await bench('openai');
    await gather(['a']);
    const [old] = await records();
    if (old === undefined) throw new Error('no batch');
    const world = { ...realWorld, now: () => now };
    const books = await booksOf(one.folder, 0, world);
    try {
      const ignore = (): void => undefined;
      const folder = join(one.folder, 'batches');
      const endings = new BatchEndings({ books, world, folder, ttlMs: 1e12, notify: ignore, booked: ignore });
      await books.batches().change(old, { state: 'submitted', remote: 'batch-0' });
      const before = [await records(), filesIn(one.folder), await books.budget.reservations()];
      expect(await endings.drop(old, 'cancelled')).toBe(false);
      expect(await endings.lose(old, 'gone')).toBe(false);
      expect([await records(), filesIn(one.folder), await books.budget.reservations()]).toEqual(before);
      expect(await books.batches().row(old.id, 0)).toMatchObject({ worst: old.worst });
      expect(await books.ledger.totals([], 'UTC')).toEqual([]);
    } finally {
      await books.close();
    }
  });

  it('whose file of errors alone is gone bring their answers, and what is missing is in doubt', async () => {
    const { gather, rounds, records, booked, fake } = await bench('openai', {
      looks: 0,
      fate: (row) => (row === 0 ? 'expired' : 'answered'),
      losesErrors: () => true,
    });
    await gather(['a', 'b', 'c']);
    await rounds(3, MINUTE_MS);
    expect(await records()).toMatchObject([{ state: 'fetching' }]);
    await rounds(12, MINUTE_MS);
    expect(await records()).toMatchObject([
      { outcome: expect.stringMatching(/^ended: 2 answered, 1 in doubt/) as string },
    ]);
    expect(await booked()).toMatchObject({ exact: fake.billed, unknown: 1 });
  });

  it('at a server that tells nothing of them are in doubt if it is not certain that it took them', async () => {
    const faults = at('submit', { kind: 'reset', done: true });
    const { gather, rounds, records, fake } = await bench('openai', { looks: 0, isBare: true, faults });
    await gather(['a']);
    await rounds(30, 60 * MINUTE_MS);
    expect(fake.batches).toHaveLength(1);
    expect(await records()).toMatchObject([
      { outcome: expect.stringContaining('in doubt: it is not certain') as string },
    ]);
  });
});
