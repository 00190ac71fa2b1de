import { createHash } from 'node:crypto';
import { fileContent, type KeyRing } from '../../crypt/index.js';
import { amountOf, type BatchRecord, type BatchRow } from '../batch-store/index.js';
import type { Books } from '../books/index.js';
import type { CallRecord, CallState } from '../journal/index.js';
import { printEntry, type AttemptEnd, type LedgerEntry } from '../ledger/index.js';
import type { Nano } from '../money/index.js';
import type { BatchResult, ProviderBatches, ProviderRequest } from '../provider/index.js';
import { linesOf } from '../provider/lines.js';
import { parsed } from '../provider/read-json.js';
import type { Message } from '../request/index.js';
import type { AiWorld } from '../ai-world.js';
import { endOf } from './attempt-end.js';
import { attemptOf } from './batch-attempt.js';
import { batchPrices } from './batch-prices.js';
import type { ProviderLane } from './provider-lane.js';

/** The results of a batch, and where they go. */
export interface ResultsOptions {
  readonly books: Books;
  readonly world: AiWorld;
  readonly lane: ProviderLane;
  readonly batches: ProviderBatches;
  readonly record: BatchRecord;
  /** The file of results, one per line, in any order. */
  readonly file: string;
  readonly keys: KeyRing | undefined;
  /** With results of fewer requests than this, what is not there is waited for: only what is there is booked. */
  readonly resultsMin: number;
  /** Called for each request once its cost is in the ledger. */
  readonly booked: (entry: LedgerEntry) => void;
}

/** The outcome of a batch, as far as it is booked. */
export interface BatchBill {
  /** Requests with a result that is still waited for, and what they cost at most; null: no price is known. */
  readonly waiting: number;
  readonly waitingAtMost: Nano | null;
  readonly answered: number;
  /** Requests with neither an answer nor a bill, which are sent again. */
  readonly returned: number;
  /** Requests that may have been billed, counted at their worst case. */
  readonly doubtful: number;
  /** Lines that belong to no request of the batch. */
  readonly strange: number;
  /** What the answers cost, as far as a price is known. */
  readonly cost: Nano;
  /** Answers without usage, by our own count of tokens, and the most that they can have cost. */
  readonly estimated: number;
  readonly estimatedAtMost: Nano;
  /** The amount charged to the budget. */
  readonly bound: Nano;
  readonly doubtfulAtMost: Nano;
}

/** The number of rows that are processed at a time. */
const AT_ONCE = 64;

/** What the lines of the results say of a request. */
const [UNSEEN, SEEN, CONTRADICTED, SETTLED] = [0, 1, 2, 3];
const DIGEST_BYTES = 16;

type Fate =
  | { readonly kind: 'result'; readonly result: BatchResult }
  /** Its answer can't be identified or read. */
  | { readonly kind: 'lost'; readonly code: string };

/**
 * Books the results of a batch, and puts its answers into the journal. A result counts if its custom id names a request of the
 * batch and carries that request's hash. May be repeated, after a crash or with more results: what is booked stays as it is.
 */
export async function bookResults(options: ResultsOptions): Promise<BatchBill> {
  const { books, batches, record, file, keys, resultsMin } = options;
  const store = books.batches();
  // A request may have two results that differ, so all lines are seen before any is trusted. Equal results count as one.
  const seen = new Uint8Array(record.rows);
  const digests = Buffer.alloc(record.rows * DIGEST_BYTES);
  const counts = { answered: 0, returned: 0, doubtful: 0, strange: 0, estimated: 0, waiting: 0 };
  const amounts = { cost: 0n, estimatedAtMost: 0n, bound: 0n, doubtfulAtMost: 0n };
  const bill = { ...counts, ...amounts, waitingAtMost: 0n as Nano | null };

  const rowOf = async (customId: string): Promise<readonly [number, BatchRow] | undefined> => {
    const [tag, digits = '', hash, ...rest] = customId.split('_');
    const index = /^[0-9]{1,7}$/.test(digits) ? Number(digits) : record.rows;
    if (tag !== record.tag || rest.length > 0 || index >= record.rows) return undefined;
    const row = await store.row(record.id, index);
    return row !== undefined && row.hash === hash ? [index, row] : undefined;
  };
  const settle = async (index: number, row: BatchRow, fate: Fate): Promise<void> => {
    const booked = await bookRow(options, index, row, fate);
    const { kind, end } = booked;
    const bound = end.bound ?? 0n;
    bill[kind] += 1;
    bill.bound += bound;
    if (kind === 'doubtful') bill.doubtfulAtMost += bound;
    else bill.cost += end.cost ?? 0n;
    if (end.billing === 'estimated') {
      bill.estimated += 1;
      bill.estimatedAtMost += bound;
    }
  };

  const eachResult = (
    onResult: (result: BatchResult, index: number, row: BatchRow) => void | Promise<void>,
    onStrange?: () => void,
  ) =>
    eachLine(fileContent(file, keys, refuseDamage), async (line) => {
      const read = batches.readLine(line);
      const found = read && (await rowOf(read.customId));
      if (read === undefined || found === undefined) onStrange?.();
      else await onResult(read.result, ...found);
    });

  await eachResult(
    (result, index) => {
      const digest = digestOf(result);
      const first = digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
      if (seen[index] === UNSEEN) digest.copy(first);
      seen[index] = digest.equals(first) ? Math.max(seen[index] ?? 0, SEEN) : CONTRADICTED;
    },
    () => void (bill.strange += 1),
  );
  const found = seen.reduce((sum, one) => sum + (one === UNSEEN ? 0 : 1), 0);
  const isWhole = found >= Math.min(resultsMin, record.rows);
  await eachResult(async (result, index, row) => {
    if (seen[index] !== SEEN) return;
    seen[index] = SETTLED;
    await settle(index, row, { kind: 'result', result });
  });
  for (let index = 0; index < record.rows; index += 1) {
    if (seen[index] === SETTLED) continue;
    const row = await store.row(record.id, index);
    // Another process was faster with the request: it was never in the file.
    if (row === undefined) continue;
    if (!isWhole) {
      const worst = amountOf(row.worst);
      bill.waiting += 1;
      bill.waitingAtMost = bill.waitingAtMost === null || worst === null ? null : bill.waitingAtMost + worst;
      continue;
    }
    await settle(index, row, { kind: 'lost', code: seen[index] === UNSEEN ? 'missing_result' : 'doubled_result' });
  }
  return bill;
}

function digestOf(result: BatchResult): Buffer {
  return createHash('sha256').update(JSON.stringify(result)).digest().subarray(0, DIGEST_BYTES);
}

/** How the outcomes of requests begin that have neither an answer nor a bill. */
const GIVEN_BACK = 'batch_';

interface Booked {
  readonly kind: 'answered' | 'returned' | 'doubtful';
  readonly end: AttemptEnd;
}

async function bookRow(options: ResultsOptions, index: number, row: BatchRow, fate: Fate): Promise<Booked> {
  const { books, world, lane, batches, record, booked } = options;
  const { journal, ledger } = books;
  const open = attemptOf(record, index, row);
  const earlier = (await ledger.get(open.id))?.end;
  if (earlier !== undefined && earlier.billing !== 'unknown')
    return { kind: earlier.outcome.startsWith(GIVEN_BACK) ? 'returned' : 'answered', end: earlier };
  const found = await journal.get(row.key);
  const { id, time, worst } = open;
  const latencyMs = Math.max(0, world.now() - time);
  const state = found?.record.state;
  const isOurs = state?.kind === 'batched' && state.batch === record.id;
  const tries = isOurs ? state.tries : 1;
  const kept = isOurs ? state.kept : undefined;
  const close = async (end: AttemptEnd, next: CallState): Promise<void> => {
    // The answer is stored first, so that it is never paid for again.
    if (isOurs && found !== undefined) await journal.put(row.key, { ...found.record, time: world.now(), state: next });
    await ledger.close(open, end);
    booked({ ...open, end });
  };
  const doubt = async (outcome: string): Promise<Booked> => {
    const end: AttemptEnd = { outcome, billing: 'unknown', cost: 0n, bound: worst, latencyMs };
    await close(end, { kind: 'cut', attempt: id, worst, tries, kept });
    return { kind: 'doubtful', end };
  };
  if (fate.kind === 'lost') return await doubt(fate.code);
  const { result } = fate;
  if (result.kind === 'answered') {
    const answer = await batches.readAnswer(result.body, record.model, result.requestId, row.vectors);
    if (answer === undefined) return await doubt('broken_answer');
    const request = asked(record, row, found?.record);
    const end = endOf(answer, batchPrices(lane), request, worst, time, latencyMs);
    const paid = { attempt: id, entry: printEntry({ ...open, end }) };
    const attempts = (kept?.draft.tally.attempts ?? 0) + 1;
    const received = { provider: record.provider, answer, attempts, cost: end.cost, latencyMs, paid };
    await close(end, { kind: 'received', received, kept });
    return { kind: 'answered', end };
  }
  const lasting = result.kind === 'errored' && result.lasting;
  const outcome = `${GIVEN_BACK}${result.kind}`;
  const status = result.kind === 'errored' && result.status !== undefined ? { status: result.status } : {};
  const end: AttemptEnd = { outcome, billing: 'exact', cost: 0n, bound: 0n, latencyMs, ...status };
  await close(end, { kind: 'returned', tries, live: lasting, kept, doubt: isOurs ? state.doubt : undefined });
  return { kind: 'returned', end };
}

/** The request as far as its price depends on it. */
function asked(
  { model }: BatchRecord,
  { maxOutputTokens, vectors }: BatchRow,
  known: CallRecord | undefined,
): ProviderRequest {
  const messages = (known?.request?.['messages'] ?? []) as readonly Message[];
  return { model, messages, maxOutputTokens, ...(vectors && { embedding: { many: vectors.many } }) };
}

/** It is downloaded again, then. */
function refuseDamage(message: string): never {
  throw new Error(message);
}

/** Calls `work` for each line that is JSON, several at a time. */
async function eachLine(content: AsyncIterable<Buffer>, work: (line: unknown) => Promise<void>): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  for await (const text of linesOf(content)) {
    if (text.trim() === '') continue;
    if (failure !== undefined) break;
    const one = work(parsed(text))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => underWay.delete(one));
    underWay.add(one);
    if (underWay.size >= AT_ONCE) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  if (failure !== undefined) throw failure.error;
}
