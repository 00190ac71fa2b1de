import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBooks, type Books, type LedgerEntry } from '../../../src/ai/index.js';
import { standingOf } from '../../../src/ai/books/index.js';
import { printEntry, type AttemptEnd } from '../../../src/ai/ledger/index.js';
import { NO_TOKENS } from '../../../src/ai/money/index.js';
import type { CallState } from '../../../src/ai/journal/index.js';
import { listedOwners } from '../../../src/ai/owner/index.js';
import { realWorld } from '../../../src/ai/ai-world.js';
import { processesSeenBy } from '../../../src/world/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'books-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The books as a process sees them that started at this boot, with this number of process starts. */
const openAs = (boot: string): Promise<Books> =>
  openBooks(
    { kind: 'lmdb', folder },
    { ttlMs: 1e9, bytesMax: 1e9 },
    realWorld,
    undefined,
    listedOwners(
      processesSeenBy({ host: 'host', machine: 'm', boot, namespace: 'ns', pid: 1, started: '1' }, () => ({
        started: '1',
      })),
    ),
  );

const ID = '1767225600000-a';
const WORST = 100n;
const exact: AttemptEnd = { outcome: 'answered', billing: 'exact', cost: 7n, bound: 7n };
const entry = (time: number): LedgerEntry => ({
  id: ID,
  time,
  pipeline: 'p',
  stage: 's',
  call: 'key',
  attempt: 1,
  provider: 'openai',
  model: 'm',
  worst: WORST,
});

/** What a process does for a call, in order; it dies after one of these. */
const STEPS = ['reserve', 'ledger', 'journal', 'answer', 'close', 'settle'] as const;

async function dieAfter(last: (typeof STEPS)[number]): Promise<void> {
  const books = await openAs('boot1');
  const one = entry(Date.now());
  const put = (state: CallState) =>
    books.journal.put('key', { pipeline: 'p', stage: 's', model: 'm', time: Date.now(), state });
  const ending = {
    kind: 'answered' as const,
    provider: 'openai',
    model: 'm',
    text: 'yes',
    tally: { attempts: 1, cost: 7n, tokens: NO_TOKENS, latencyMs: 1 },
  };
  const steps: Record<(typeof STEPS)[number], () => Promise<unknown>> = {
    reserve: () => books.budget.reserve(ID, WORST, [{ account: 'day', limit: 1000n }]),
    ledger: () => books.ledger.open(one),
    journal: () => put({ kind: 'open', attempt: ID, owner: books.owner, worst: WORST }),
    answer: () => put({ kind: 'ended', ending, paid: { attempt: ID, entry: printEntry({ ...one, end: exact }) } }),
    close: () => books.ledger.close(one, exact),
    settle: () => books.budget.settle(ID, 7n),
  };
  for (const step of STEPS) {
    await steps[step]();
    if (step === last) break;
  }
  await books.close();
}

describe('recovery', () => {
  it.each([
    ['reserve', 0, 0n, undefined],
    // Written down, but not sent yet, or sent and not answered: nobody can tell.
    ['ledger', 1, WORST, undefined],
    ['journal', 1, WORST, 'doubtful'],
    ['answer', 0, 7n, 'ended'],
    ['close', 0, 7n, 'ended'],
    ['settle', 0, 7n, 'ended'],
  ] as const)(
    'after a death that followed "%s" finds %i calls in doubt and charges %s',
    async (last, inDoubt, charged, standing) => {
      await dieAfter(last);
      const books = await openAs('boot2');
      expect(await books.recover()).toEqual({ inDoubt, atMost: inDoubt === 0 ? 0n : WORST });
      expect(await books.budget.state('day')).toEqual({ spent: charged, setAside: 0n });
      const [all] = await books.ledger.totals([], 'UTC');
      expect(all?.totals.exact ?? 0n).toBe(charged === 7n ? 7n : 0n);
      expect(all?.totals.unknownAtMost ?? 0n).toBe(inDoubt === 0 ? 0n : WORST);
      const found = await books.journal.get('key');
      expect(found && (await standingOf(books, found)).kind).toBe(standing);
      expect(await books.recover()).toEqual({ inDoubt: 0, atMost: 0n });
      await books.close();
    },
  );

  it('leaves alone what a living process has under way', async () => {
    await dieAfter('journal');
    const books = await openAs('boot1');
    expect(await books.recover()).toEqual({ inDoubt: 0, atMost: 0n });
    expect(await books.budget.state('day')).toEqual({ spent: 0n, setAside: WORST });
    const found = await books.journal.get('key');
    expect(found && (await standingOf(books, found)).kind).toBe('under-way');
    await books.close();
  });

  it('is right when two processes do it at the same time', async () => {
    await dieAfter('journal');
    const both = [await openAs('boot2'), await openAs('boot2')];
    await Promise.all(both.map((books) => books.recover()));
    for (const books of both) expect(await books.budget.state('day')).toEqual({ spent: WORST, setAside: 0n });
    for (const books of both) await books.close();
  });
});
