import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { realWorld, type AiWorld } from '../../../src/ai/ai-world.js';
import { openBooks, type Books } from '../../../src/ai/books/index.js';
import { BatchRefusedError } from '../../../src/ai/call/batch-driver.js';
import { createBatchLane, type BatchLane } from '../../../src/ai/call/batch-lane.js';
import { createLanes } from '../../../src/ai/call/provider-lane.js';
import { createRunBudget } from '../../../src/ai/call/run-budget.js';
import { loadPriceTable, type PriceTable } from '../../../src/ai/money/index.js';
import { KeyRing } from '../../../src/crypt/index.js';
import { listedOwners } from '../../../src/ai/owner/index.js';
import { ownerOf } from '../../../src/ai/owner/owner.js';
import { processesSeenBy, type ProcessIdentity } from '../../../src/world/index.js';
import type { BatchFault, BatchStep, RowFate } from '../../support/fake-batches.js';
import { startFakeProvider, type FakeProvider } from '../../support/fake-provider.js';
import { setupOf } from './setup.js';

/** What happens to some rows that are asked in batches. Lists are used up from the front; then nothing goes wrong any more. */
export interface BatchScenario {
  readonly wire: 'openai' | 'openai-compatible' | 'anthropic' | 'google';
  readonly rows: number;
  readonly rowsMax: number;
  readonly looks: number;
  readonly faults: Readonly<Record<BatchStep, readonly (BatchFault | undefined)[]>>;
  /** By batch, then by row of it. */
  readonly fates: readonly (readonly RowFate[])[];
  /** How batches fail or expire as a whole, and whether they are forgotten. */
  readonly wholes: readonly ('failed' | 'full' | 'expired' | 'forgotten' | undefined)[];
  /** Each life of the process ends after so many uses of its books and steps at the provider. */
  readonly crashes: readonly number[];
  /** While the provider takes this step, counted from 0, another process cancels the batch of this number. */
  readonly cancels: readonly { readonly step: number; readonly batch: number }[];
  /** Before these rounds somebody deletes the request files. */
  readonly deletions: readonly number[];
  /** The server tells neither tag nor file of a batch. */
  readonly isBare: boolean;
  /** What is in doubt is asked again. Default: false. */
  readonly repeats?: boolean;
  /** Stores and files are encrypted. Default: false. */
  readonly isEncrypted?: boolean;
}

const FATES: readonly RowFate[] = [
  'errored',
  'invalid',
  'expired',
  'cancelled',
  'missing',
  'doubled',
  'contradicted',
  'wrong-id',
  'broken',
];
const broken = fc.oneof<fc.Arbitrary<BatchFault>[]>(
  fc.constantFrom(400, 404, 429, 500, 503).map((status) => ({ kind: 'status', status }) as const),
  fc.boolean().map((done) => ({ kind: 'reset', done }) as const),
  fc.constant({ kind: 'cut' } as const),
);
const late: BatchFault = { kind: 'late', status: 504, ms: 45_000 };
const listOf = (one: fc.Arbitrary<BatchFault>) => fc.array(fc.option(one, { nil: undefined }), { maxLength: 6 });
const files = listOf(broken);
const strange = fc.oneof(broken, fc.constant<BatchFault>({ kind: 'json', body: { object: 'unknown' } }));
const faults = listOf(strange);
const sending = listOf(fc.oneof({ weight: 3, arbitrary: strange }, fc.constant(late)));
const fate = fc.oneof({ weight: 2, arbitrary: fc.constant<RowFate>('answered') }, fc.constantFrom(...FATES));

export const batchScenarios: fc.Arbitrary<BatchScenario> = fc.record({
  wire: fc.constantFrom('openai', 'openai-compatible', 'anthropic', 'google'),
  rows: fc.integer({ min: 1, max: 12 }),
  rowsMax: fc.integer({ min: 1, max: 5 }),
  looks: fc.integer({ min: 0, max: 3 }),
  faults: fc.record({ upload: faults, submit: sending, poll: faults, download: files, cancel: faults, list: faults }),
  fates: fc.array(fc.array(fate, { maxLength: 5 }), { maxLength: 6 }),
  wholes: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      fc.constantFrom('failed' as const, 'full' as const, 'expired' as const, 'forgotten' as const),
    ),
    { maxLength: 4 },
  ),
  crashes: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 6 }),
  repeats: fc.boolean(),
  cancels: fc.array(fc.record({ step: fc.nat({ max: 20 }), batch: fc.nat({ max: 3 }) }), { maxLength: 3 }),
  deletions: fc.array(fc.nat({ max: 6 }), { maxLength: 2 }),
  isBare: fc.boolean(),
  isEncrypted: fc.boolean(),
});

class Crash extends Error {}

/** The process that uses the books ends after so many uses. */
class Life {
  constructor(private left: number) {}

  readonly use = (): void => {
    this.left -= 1;
    if (this.left < 0) throw new Crash('the process is gone');
  };

  /** A step that the provider does while the process dies is done all the same. */
  readonly spend = (): void => {
    this.left -= 1;
  };

  /** The same object; each call of a function of it is a use, which fails before it does anything. */
  bound<T extends object>(thing: T): T {
    return new Proxy(thing, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          this.use();
          return Reflect.apply(value, target, args);
        };
      },
    });
  }
}

const MODEL = 'gpt-4o-mini';
const PIPELINE = 'default';
/** Far more rounds than any scenario needs. */
const ROUNDS_MAX = 400;
/** Longer than a provider takes to list what it has. */
const ROUND_MS = 31_000;
/** Once nothing but waiting is left, days pass. */
const PATIENCE = 80;
const LONG_ROUND_MS = 3_600_000;

const textOf = (row: number): string => `question ${row}`;
const keyOf = (row: number): string => `key-${row}`;

/**
 * Asks all rows in batches, whatever happens, and starts again after each crash.
 *
 * Law: each row has one answer, or one failure; none is submitted while an earlier batch may still bring its answer; what is
 * known and in doubt covers the bill, and is equal to it if nothing is in doubt; nothing is left of any batch.
 */
export async function expectBatchesConserve(scenario: BatchScenario): Promise<void> {
  const prices = await loadPriceTable();
  const folder = mkdtempSync(join(tmpdir(), 'ai-batches-'));
  const keys = scenario.isEncrypted === true ? new KeyRing([Buffer.alloc(32, 7)]) : undefined;
  let now = Date.UTC(2026, 0, 1, 12);
  const world: AiWorld = { ...realWorld, now: () => now };
  let life = new Life(Infinity);
  const twice: string[] = [];
  let steps = 0;
  let other: BatchLane | undefined;
  let besides = 0;
  const cancelling: Promise<void>[] = [];
  const cancelOf = async (number: number): Promise<void> => {
    besides += 1;
    try {
      const record = other && (await recordsOf(other))[number];
      if (record === undefined) return;
      await other?.cancel(record.id);
      await other?.advance({ only: new Set([record.id]), maySubmit: () => false });
    } catch (error) {
      if (!(error instanceof BatchRefusedError)) throw error;
    } finally {
      besides -= 1;
    }
  };
  const fake: FakeProvider = await startFakeProvider({
    wire: scenario.wire,
    batches: {
      looks: scenario.looks,
      now: () => now,
      faults: (step, n) => scenario.faults[step][n],
      fate: (row, batch) => scenario.fates[batch]?.[row] ?? 'answered',
      fails(batch) {
        const whole = scenario.wholes[batch];
        return whole === 'forgotten' ? undefined : whole;
      },
      forgets: (batch) => scenario.wholes[batch] === 'forgotten',
      isBare: scenario.isBare,
      onStep(step) {
        life.spend();
        if (step === 'submit' && scenario.repeats !== true) twice.push(...submittedTwice(fake, scenario));
        for (const cancel of scenario.cancels) if (cancel.step === steps) cancelling.push(cancelOf(cancel.batch));
        steps += 1;
      },
    },
  });
  const lives = [...scenario.crashes, Infinity];
  try {
    let rounds = 0;
    for (const [boot, uses] of lives.entries()) {
      life = new Life(uses);
      const books = await booksOf(folder, boot, world, (pid) => pid === 1 || besides > 0, keys);
      const parts = { world, fake, prices, folder, kind: scenario.wire, keys };
      const lane = laneOf({ ...parts, books: alive(books, life) });
      const beside = laneOf({ ...parts, books: { ...books, owner: ownerOf(selfOf(boot, 2)) } });
      other = beside.batches;
      try {
        await books.recover();
        rounds = await untilDone(lane.batches, scenario, rounds, (round) => {
          if (scenario.deletions.includes(round))
            for (const name of filesIn(folder)) if (!name.includes('.results')) rmSync(join(folder, name));
          now += round > PATIENCE ? LONG_ROUND_MS : ROUND_MS;
        });
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      } finally {
        while (cancelling.length > 0) await cancelling.shift();
        other = undefined;
        lane.close();
        beside.close();
        await books.close();
      }
    }
    const books = await booksOf(folder, lives.length, world, undefined, keys);
    try {
      await expectLaw(books, fake, scenario, folder);
      expect(twice).toEqual([]);
    } finally {
      await books.close();
    }
  } finally {
    await fake.close();
    rmSync(folder, { recursive: true });
  }
}

/** Gathers and advances until no row waits for a batch. @returns the rounds so far */
async function untilDone(
  batches: BatchLane,
  { rows, rowsMax, repeats = false }: BatchScenario,
  before: number,
  wait: (round: number) => void,
): Promise<number> {
  let rounds = before;
  for (;;) {
    const gathering = batches.gathering({ rowsMax });
    const all = Array.from({ length: rows }, (_, row) =>
      gathering.gather(
        { model: MODEL, messages: [{ role: 'user', content: textOf(row) }], max_tokens: 40 },
        { stage: 'ask', pipeline: PIPELINE, identity: { event: String(row) }, inDoubt: repeats ? 'retry' : 'hold' },
      ),
    );
    const ended = await Promise.allSettled(all);
    await gathering.seal();
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    const waiting = ended.some(
      (one) => one.status === 'fulfilled' && (one.value.kind === 'waits' || one.value.kind === 'full'),
    );
    const open = (await recordsOf(batches)).some(({ tidied }) => tidied !== true);
    if (!waiting && !open) return rounds;
    if ((rounds += 1) > ROUNDS_MAX) throw new Error(`no end: ${JSON.stringify(await recordsOf(batches))}`);
    try {
      await batches.advance();
    } catch (error) {
      // A person would run it again.
      if (!(error instanceof BatchRefusedError)) throw error;
    }
    wait(rounds);
  }
}

export async function recordsOf(batches: BatchLane) {
  const records = [];
  for await (const record of batches.records()) records.push(record);
  return records;
}

function selfOf(boot: number, pid: number): ProcessIdentity {
  return { host: 'host', machine: 'm', boot: `b${boot}`, namespace: 'ns', pid, started: '1' };
}

/** @param lives whether a process of this pid lives */
export function booksOf(
  folder: string,
  boot: number,
  world: AiWorld,
  lives: (pid: number) => boolean = () => true,
  keys?: KeyRing,
): Promise<Books> {
  const owners = listedOwners(processesSeenBy(selfOf(boot, 1), (pid) => (lives(pid) ? { started: '1' } : undefined)));
  return openBooks({ kind: 'lmdb', folder, keys }, { ttlMs: 1e12, bytesMax: 1e9 }, world, undefined, owners);
}

/** The books as a process has them that may die at each use of them. */
function alive(books: Books, life: Life): Books {
  const { budget, journal, ledger } = books;
  return {
    ...books,
    budget: life.bound(budget),
    journal: life.bound(journal),
    ledger: life.bound(ledger),
    batches: () => life.bound(books.batches()),
  };
}

/** The files of batches. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.jsonl'));
}

interface LaneParts {
  readonly books: Books;
  readonly world: AiWorld;
  readonly fake: FakeProvider;
  readonly prices: PriceTable;
  readonly folder: string;
  readonly kind: BatchScenario['wire'];
  readonly keys: KeyRing | undefined;
}

export function laneOf({ books, world, fake, prices, folder, kind, keys }: LaneParts) {
  const notify = (): void => undefined;
  const lanes = createLanes(setupOf(fake, kind), prices, books, world);
  const runBudget = createRunBudget({ daily: '100' }, 'run', books.budget, world, notify);
  const batches = createBatchLane({
    books,
    runBudget,
    world,
    lanes,
    folder: join(folder, 'batches'),
    keys,
    ttlMs: 1e12,
    providerWaitMs: Infinity,
    notify,
    booked: notify,
    weigh: () => Promise.resolve(),
    facts(request, { identity, stage, pipeline }) {
      const row = 'event' in identity ? Number(identity.event) : 0;
      return {
        key: keyOf(row),
        lanes,
        record: (state) => ({ pipeline, stage, event: String(row), model: MODEL, time: world.now(), state }),
        attribution: { pipeline, stage, event: String(row) },
        route: 'cheapest',
        request: { model: MODEL, messages: request.messages, maxOutputTokens: 40 },
      };
    },
  });
  return {
    batches,
    close(): void {
      for (const { provider } of lanes) {
        provider.batches?.close();
        provider.close();
      }
    },
  };
}

/** Rows of the last batch that an earlier one may still answer. One that is forgotten is never run. */
function submittedTwice({ batches }: FakeProvider, { wholes }: BatchScenario): readonly string[] {
  const last = batches.at(-1);
  const texts = new Set(last?.rows.map(({ call }) => call.texts.join()));
  return batches
    .slice(0, -1)
    .filter(({ status }, index) => status === 'running' && wholes[index] !== 'forgotten')
    .flatMap(({ id, rows }) =>
      rows
        .map(({ call }) => call.texts.join())
        .filter((text) => texts.has(text))
        .map((text) => `${text} in ${id} and ${last?.id ?? ''}`),
    );
}

async function expectLaw(
  books: Books,
  fake: FakeProvider,
  { rows, repeats = false }: BatchScenario,
  folder: string,
): Promise<void> {
  expect(fake.deviations).toEqual([]);
  const billedTexts = fake.records.map(({ call }) => call.texts.join());
  if (!repeats) expect(billedTexts).toEqual([...new Set(billedTexts)]);
  for (let row = 0; row < rows; row += 1) {
    const state = (await books.journal.get(keyOf(row)))?.record.state;
    expect(['received', 'cut', 'returned', 'batched']).toContain(state?.kind);
    if (state?.kind === 'received') expect(state.received.answer.text).toBe(textOf(row).toUpperCase());
    // What is to be asked live has cost nothing.
    else if (state?.kind !== 'cut' && !repeats) expect(billedTexts).not.toContain(textOf(row));
  }
  const [all] = await books.ledger.totals([], 'UTC');
  const { exact = 0n, estimatedAtMost = 0n, unknownAtMost = 0n } = all?.totals ?? {};
  const inDoubt = estimatedAtMost + unknownAtMost;
  expect(exact).toBeLessThanOrEqual(fake.billed);
  expect(fake.billed).toBeLessThanOrEqual(exact + inDoubt);
  if (inDoubt === 0n) expect(exact).toBe(fake.billed);
  expect(await books.budget.reservations()).toEqual([]);
  let spent = 0n;
  for (let day = 1; day <= 20; day += 1)
    spent += (await books.budget.state(`day:2026-01-${String(day).padStart(2, '0')}`)).spent;
  expect(spent).toBe(exact + inDoubt);
  const ids: string[] = [];
  for await (const { id, state, rows: written } of books.batches().all()) {
    ids.push(id);
    expect(state).toBe('closed');
    for (let index = 0; index < written; index += 1) expect(await books.batches().row(id, index)).toBeUndefined();
  }
  expect(filesIn(folder)).toEqual([]);
  // Each batch of the provider is one of ours.
  if (fake.batches.length > 0) expect(ids.length).toBeGreaterThan(0);
}
