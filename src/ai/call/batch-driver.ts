import { rm, writeFile } from 'node:fs/promises';
import type { KeyRing } from '../../crypt/index.js';
import { showAmount } from '../money/index.js';
import { outIn, type BatchRecord, type Misses } from '../batch-store/index.js';
import type { Books } from '../books/index.js';
import type { LedgerEntry } from '../ledger/index.js';
import {
  BatchFileError,
  BatchHttpError,
  type BatchFile,
  type ProviderBatches,
  type RemoteBatch,
} from '../provider/index.js';
import type { AiWorld } from '../ai-world.js';
import { resultsOf, spoolOf, type BatchEndings } from './batch-endings.js';
import { BatchPatience, type BatchStepName } from './batch-patience.js';
import { bookResults, type BatchBill } from './batch-results.js';
import { reach, sendersOf, strayText, type BatchSender } from './batch-senders.js';
import { contentText } from './batch-words.js';
import type { Notice } from './options.js';
import type { ProviderLane } from './provider-lane.js';

export interface BatchDriverOptions {
  readonly books: Books;
  readonly world: AiWorld;
  readonly lanes: readonly ProviderLane[];
  readonly folder: string;
  /** With which files are encrypted. */
  readonly keys: KeyRing | undefined;
  readonly endings: BatchEndings;
  /** Providers that turned out to have no batches, and when: the driver adds to them. */
  readonly lacking: Map<string, number>;
  /** How long to wait for a provider that does not answer, in milliseconds. */
  readonly providerWaitMs: number;
  readonly notify: (notice: Notice) => void;
  readonly booked: (entry: LedgerEntry) => void;
}

/** Which batches to advance, and how far. */
export interface AdvanceOptions {
  /** Ids. Default: all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Whether a batch may still be sent. Asked before each one. Default: yes. */
  readonly maySubmit?: ((record: BatchRecord) => boolean) | undefined;
  /**
   * Whether nobody is there to mend what a provider refuses. Then a batch waits that may not be sent with its key, and the requests
   * of one that is refused for what is in it are given back. Otherwise both are dropped. Default: false.
   */
  readonly isUnattended?: boolean | undefined;
}

type StepManner = Required<Pick<AdvanceOptions, 'isUnattended'>> & {
  readonly maySubmit: (record: BatchRecord) => boolean;
};

/** `ends`: it has ended, or the provider ends it. `gone`: the provider does not know it now. `not-now`: it could not be asked. */
export type Cancelled = 'ends' | 'gone' | 'not-now';

/** A batch cannot be sent, checked or fetched until somebody fixes what the message says. */
export class BatchRefusedError extends Error {
  override readonly name = 'BatchRefusedError';
}

/** If nobody sends a batch any more, the provider lists it after this time if it has it. */
const LISTED_AFTER_MS = 60_000;
/** After this time no batch runs any more. If it is still not certain whether the provider took it, the batch is lost. */
const UNSURE_MAX_MS = 26 * 3_600_000;
/** What is missing so often in a row, and for so long, is lost. */
const MISSES_MAX = 5;
const MISSED_MS = 600_000;
/** How often a change of a record is tried again that another process was faster with. */
const RACES_MAX = 10;

/**
 * Takes batches step by step to their end. Each step is written to the batch's record before the next one, so that any process
 * can continue where another one died. A record changes only if it is as it was read, and who could not change it goes no
 * further, so that two processes never do the same work.
 */
export class BatchDriver {
  readonly #options: BatchDriverOptions;
  readonly #patience: BatchPatience;
  /** Providers that had no room for a batch in this round, and are sent no other one. */
  readonly #full = new Set<string>();
  /** Who has fetched something of a batch, by its id. */
  readonly #senders = new Map<string, BatchSender>();

  constructor(options: BatchDriverOptions) {
    this.#options = options;
    this.#patience = new BatchPatience(options.world, options.providerWaitMs);
  }

  /**
   * Takes batches one step further if there is a step to take, and fetches those that have ended.
   *
   * @throws BatchRefusedError, once all others are advanced; Error if books or files can't be written
   */
  async advance({ only, maySubmit = () => true, isUnattended = false }: AdvanceOptions = {}): Promise<void> {
    const { endings } = this.#options;
    if (only === undefined) await endings.upkeep();
    let refused: BatchRefusedError | undefined;
    this.#full.clear();
    for await (const record of this.#records(only)) {
      if (record.state === 'closed' || record.state === 'gathering') continue;
      try {
        await this.#step(record, { maySubmit, isUnattended });
      } catch (error) {
        if (!(error instanceof BatchRefusedError)) throw error;
        refused ??= error;
      }
    }
    if (refused !== undefined) throw refused;
  }

  async *#records(only: ReadonlySet<string> | undefined): AsyncGenerator<BatchRecord> {
    const store = this.#options.books.batches();
    if (only === undefined) yield* store.all();
    // Many that are closed may be kept.
    for (const id of only ?? []) {
      const record = await store.get(id);
      if (record !== undefined) yield record;
    }
  }

  /**
   * Asks the provider to end a batch early; drops one that was never sent.
   *
   * @throws BatchRefusedError
   */
  async cancel(id: string): Promise<Cancelled> {
    const { books, endings } = this.#options;
    const store = books.batches();
    for (let races = 0; races < RACES_MAX; races += 1) {
      const record = await store.get(id);
      if (record === undefined || record.state === 'closed' || record.cancelled === true) return 'ends';
      const { remote } = record;
      if (record.state === 'sealed') {
        if (await endings.drop(record, 'cancelled before it was sent')) return 'ends';
      } else if (record.state !== 'submitted' || remote === undefined) {
        // It is not known yet what there is to cancel, or its results are being read.
        return record.state === 'fetching' ? 'ends' : 'not-now';
      } else {
        const { batches } = await this.#senderOf(record);
        const answer = await this.#asking(record, 'cancel', async () => {
          try {
            await batches.cancel(remote);
            return 'cancelled' as const;
          } catch (error) {
            // A batch that ends, or has ended, can't be cancelled any more: the next poll tells.
            if (error instanceof BatchHttpError && error.isMissing) return 'gone' as const;
            if (error instanceof BatchHttpError && CANNOT_CANCEL.has(error.status)) return 'ends' as const;
            throw error;
          }
        });
        if (answer !== 'cancelled') return answer ?? 'not-now';
        if ((await store.change(record, { cancelled: true })) !== undefined) return 'ends';
      }
    }
    return 'not-now';
  }

  /** Drops a batch of this process if it was not sent. @returns whether it did */
  async withdraw(id: string, outcome: string): Promise<boolean> {
    const { books, endings } = this.#options;
    const record = await books.batches().get(id);
    return record?.state === 'sealed' && record.owner === books.owner && (await endings.drop(record, outcome));
  }

  /** Returns the last failure of a batch's provider if it has not answered for too long. */
  givenUp({ provider }: BatchRecord): string | undefined {
    return this.#patience.givenUp(provider);
  }

  /**
   * Says why the config can't fetch a batch that was sent, nor find out whether it was; undefined if it can, or that is not
   * certain.
   *
   * @param asks whether to ask the provider
   */
  async strayOf(record: BatchRecord, asks: boolean): Promise<string | undefined> {
    const { remote } = record;
    const senders = await sendersOf(this.#options.lanes, record);
    if (senders.all.length === 0) return strayText(record);
    if (remote === undefined) return senders.hasKey ? undefined : strayText(record, 'it may have been taken');
    if (!asks) return undefined;
    const reached = await reach(senders, remote);
    if (reached.kind === 'refused') return strayText(record, reached.message);
    if (reached.isCertain) this.#senders.set(record.id, reached.sender);
    return undefined;
  }

  /** @throws BatchRefusedError if the config has no such provider, or no key that may see the batch any more */
  async #senderOf(record: BatchRecord): Promise<BatchSender> {
    const known = this.#senders.get(record.id);
    if (known !== undefined) return known;
    const senders = await sendersOf(this.#options.lanes, record);
    const [first] = senders.all;
    if (first === undefined) throw new BatchRefusedError(strayText(record));
    if (senders.hasKey) return first;
    const { remote } = record;
    if (remote === undefined) throw new BatchRefusedError(strayText(record, 'it may have been taken'));
    const reached = await reach(senders, remote);
    if (reached.kind === 'refused') throw new BatchRefusedError(strayText(record, reached.message));
    if (reached.isCertain) this.#senders.set(record.id, reached.sender);
    return reached.sender;
  }

  async #step(record: BatchRecord, manner: StepManner): Promise<void> {
    const { books, endings } = this.#options;
    const isOwn = record.owner === books.owner;
    switch (record.state) {
      case 'sealed':
        if (isOwn && !this.#full.has(record.provider) && manner.maySubmit(record)) await this.#submit(record, manner);
        return;
      case 'submitting':
        if (isOwn || (await books.isGone(record.owner, record.createdAt))) await this.#resolve(record);
        return;
      case 'submitted':
        await this.#poll(record, manner);
        return;
      case 'fetching':
        if (!isOwn && !(await books.isGone(record.owner, record.createdAt))) return;
        if (record.lost === undefined) await this.#poll(record, manner);
        else await endings.lose(record, record.lost);
    }
  }

  async #submit(record: BatchRecord, manner: StepManner): Promise<void> {
    const { books, world, notify, folder, keys, endings } = this.#options;
    const { batches } = await this.#senderOf(record);
    const store = books.batches();
    const { id, tag, bytes, endpoint, headers } = record;
    const file: BatchFile = { path: spoolOf(folder, id), bytes, keys, tag, endpoint, headers };
    let mine: BatchRecord | undefined = record;
    try {
      if (batches.needsUpload && mine.uploaded === undefined) {
        mine = await store.change(mine, { uploaded: await batches.upload(file) });
        this.#patience.answered(record.provider, 'send');
      }
      if (mine === undefined || !manner.maySubmit(mine)) return;
      const elsewhere = await this.#askedElsewhere(mine);
      if (elsewhere > 0) {
        const why = `not sent: ${elsewhere} of its ${mine.rows} requests were asked live meanwhile`;
        if (await endings.drop(mine, why))
          notify({ kind: 'batch', message: `batch ${id} was ${why}; the others are written again` });
        return;
      }
      mine = await store.change(mine, { state: 'submitting', submittingAt: world.now(), unsureAt: undefined });
      if (mine === undefined) return;
      const remote = await batches.submit(file, mine.uploaded);
      this.#patience.answered(record.provider, 'send');
      await this.#submitted(mine, remote);
    } catch (error) {
      if (mine === undefined) return;
      if (error instanceof BatchFileError) {
        if (await endings.drop(mine, `never sent: ${error.message}`))
          notify({ kind: 'batch', message: `batch ${id}: ${error.message}; its requests are written again` });
        return;
      }
      if (!(error instanceof BatchHttpError)) throw error;
      // Some providers limit what all batches together have waiting.
      const isBusy = error.status === 429 && (await this.#hasOther(mine));
      if (isBusy) this.#full.add(mine.provider);
      const isNews = this.#failed(mine, 'send', error, isBusy);
      // The provider may have accepted the batch all the same, so it is asked later.
      if (mine.state === 'submitting' && error.sent) {
        await store.change(mine, { unsureAt: world.now() });
        notify({ kind: 'batch', message: `batch ${id}: ${error.message}; looking whether it was taken` });
        return;
      }
      if (error.isTemporary) {
        if (mine.state !== 'sealed') await store.change(mine, { state: 'sealed' });
        const told = isBusy ? `waits for others to end: ${error.message}` : `${error.message}; trying again`;
        if (isNews) notify({ kind: 'batch', message: `batch ${id}${isBusy ? ' ' : ': '}${told}` });
        return;
      }
      if (manner.isUnattended && error.isForbidden) {
        if (mine.state !== 'sealed') await store.change(mine, { state: 'sealed' });
        throw new BatchRefusedError(`batch ${id} can't be sent: ${error.message}`);
      }
      if (!this.#isUnneeded(mine, error)) {
        await this.#refused(mine, 'was refused', error, manner);
        return;
      }
      if (await endings.drop(mine, `refused: ${error.message}`))
        notify({ kind: 'batch', message: `${mine.provider} has no batches (${error.message}): others are sent them` });
    }
  }

  /**
   * How many requests of a batch somebody else has asked for since it was made: a process on another machine takes it for given up
   * when it has not been sent for long.
   */
  async #askedElsewhere({ id, rows }: BatchRecord): Promise<number> {
    const { books } = this.#options;
    let elsewhere = 0;
    for (let index = 0; index < rows; index += 1) {
      const row = await books.batches().row(id, index);
      if (row === undefined) continue;
      const state = (await books.journal.get(row.key))?.record.state;
      elsewhere += state?.kind === 'batched' && state.batch === id ? 0 : 1;
    }
    return elsewhere;
  }

  /** Ends a batch that the provider refuses as a whole: nothing of it is billed. @throws BatchRefusedError if somebody is there */
  async #refused(
    record: BatchRecord,
    how: string,
    { message, status = 0 }: Pick<BatchHttpError, 'message'> & { readonly status?: number | undefined },
    { isUnattended }: StepManner,
  ): Promise<void> {
    const { endings, notify } = this.#options;
    const outcome = `${how.replace('was ', '')}: ${message}`;
    const said = `batch ${record.id} ${how}, and nothing of it is billed: ${message}`;
    if (!isUnattended) {
      if (await endings.drop(record, outcome)) throw new BatchRefusedError(said);
      return;
    }
    const hasNone = NO_SUCH_API.has(status);
    const next = hasNone ? 'its requests are asked live' : 'its requests go into one more batch, then live';
    if (await endings.giveBack(record, outcome, hasNone)) notify({ kind: 'batch', message: `${said}; ${next}` });
  }

  /** Whether the provider has no batches and others have: then it is passed over from now on. */
  #isUnneeded({ provider, uploaded, createdAt }: BatchRecord, { status = 0 }: BatchHttpError): boolean {
    const { lanes, lacking, world } = this.#options;
    if (uploaded !== undefined || !NO_SUCH_API.has(status)) return false;
    const since = lacking.get(provider) ?? world.now();
    lacking.set(provider, since);
    // Made since then: no other provider could be sent its requests.
    if (createdAt > since) return false;
    return lanes.some((lane) => lane.provider.batches !== undefined && !lacking.has(lane.name));
  }

  async #submitted(record: BatchRecord, remote: string): Promise<void> {
    const { books, world, notify } = this.#options;
    const sent = await books.batches().change(record, { state: 'submitted', remote, submittedAt: world.now() });
    if (sent === undefined) return;
    const { id, provider, repeated = 0 } = record;
    notify({ kind: 'batch', message: `batch ${id} (${contentText(record)}) was sent to ${provider} as ${remote}` });
    if (repeated === 0) return;
    const many = repeated === 1 ? '1 request of it was' : `${repeated} requests of it were`;
    const message = `batch ${id}: ${many} in doubt, and may have been billed: asked again at the batch's own price`;
    notify({ kind: 'in-doubt', message });
  }

  /** Finds out whether the provider has the batch. */
  async #resolve(record: BatchRecord): Promise<void> {
    const { books, world, endings } = this.#options;
    const { batches } = await this.#senderOf(record);
    const store = books.batches();
    const { unsureAt = world.now() } = record;
    const mine = await store.change(record, { owner: books.owner, unsureAt });
    if (mine === undefined) return;
    const known = new Set<string>();
    for await (const { remote } of store.all()) if (remote !== undefined) known.add(remote);
    const { tag, uploaded, createdAt, submittingAt: since = createdAt } = mine;
    const finding = await this.#asking(mine, 'poll', async () => {
      try {
        return await batches.find({ tag, since, uploaded, known });
      } catch (error) {
        if (!(error instanceof BatchHttpError) || error.isTemporary || error.isForbidden) throw error;
        // It does not tell which batches it has.
        return { kind: 'unsure' } as const;
      }
    });
    if (finding === undefined) return;
    if (finding.kind === 'found') await this.#submitted(mine, finding.id);
    else if (finding.kind === 'absent' && world.now() - unsureAt >= LISTED_AFTER_MS)
      await store.change(mine, { state: 'sealed' });
    else if (finding.kind === 'unsure' && world.now() - since >= UNSURE_MAX_MS)
      await endings.lose(mine, 'it is not certain whether the provider took it');
  }

  async #poll(record: BatchRecord, manner: StepManner): Promise<void> {
    const { books, notify, endings } = this.#options;
    const { lane, batches } = await this.#senderOf(record);
    const store = books.batches();
    const { remote = '' } = record;
    const state = await this.#asking(record, 'poll', async () => await missingOr(() => batches.poll(remote)));
    if (state === undefined) return;
    if (state === 'missing') {
      const missed = this.#missedAgain(record.missed);
      const counted = await store.change(record, { missed });
      if (counted === undefined) return;
      if (this.#isLost(missed)) await endings.lose(counted, 'the provider does not know it any more');
      else if (missed.times === 1)
        notify({
          kind: 'batch',
          message: `batch ${record.id}: ${record.provider} does not know it now; looking again`,
        });
      return;
    }
    switch (state.kind) {
      case 'running':
        if (state.done !== record.done || record.missed !== undefined)
          await store.change(record, { done: Math.min(state.done, record.rows), missed: undefined });
        return;
      case 'full': {
        const again = { state: 'sealed', remote: undefined, missed: undefined, owner: books.owner } as const;
        if ((await store.change(record, again)) !== undefined)
          notify({ kind: 'batch', message: `batch ${record.id} waits for others to end: ${state.message ?? ''}` });
        return;
      }
      case 'lost':
        this.#patience.answered(record.provider, 'cancel');
        await endings.lose(record, state.message ?? '');
        return;
      case 'failed':
        await this.#refused(record, 'failed', { message: state.message ?? '' }, manner);
        return;
      case 'ended': {
        // There is nothing to cancel any more.
        this.#patience.answered(record.provider, 'cancel');
        const mine = await store.change(record, { state: 'fetching', owner: books.owner, missed: undefined });
        if (mine !== undefined) await this.#fetch(mine, lane, batches, state);
      }
    }
  }

  async #fetch(
    record: BatchRecord,
    lane: ProviderLane,
    batches: ProviderBatches,
    { results: paths, resultsMin = 0 }: RemoteBatch,
  ): Promise<void> {
    const { books, world, folder, keys, booked, notify, endings } = this.#options;
    const file = resultsOf(folder, record.id);
    const missing: string[] = [];
    const fetched = await this.#asking(record, 'fetch', async () => {
      // Complete files only: an interrupted download is repeated.
      await writeFile(file, '', { mode: 0o600 });
      for (const path of paths)
        if ((await missingOr(() => batches.download(path, file, keys))) === 'missing') missing.push(path);
      return true;
    });
    if (fetched === undefined) return;
    const toBook = { books, world, lane, batches, record, file, keys, booked };
    const isWhole = missing.length === 0;
    let bill = await bookResults({ ...toBook, resultsMin: isWhole ? resultsMin : record.rows });
    let mine: BatchRecord | undefined = record;
    if (bill.waiting > 0) {
      const filesMissed = this.#missedAgain(record.filesMissed);
      mine = await books.batches().change(record, { filesMissed, ...soFar(record, bill) });
      if (!this.#isLost(filesMissed) || mine === undefined) {
        await rm(file, { force: true });
        if (filesMissed.times === 1) {
          const what = isWhole ? 'results' : 'files';
          const message = `batch ${record.id}: ${bill.waiting} of ${record.rows} requests have no result yet, and ${record.provider} names more ${what}; looking again for ten minutes`;
          notify({ kind: 'batch', message });
        }
        return;
      }
      if (paths.length > 0 && missing.length === paths.length) {
        await endings.lose(mine, 'its results are not kept any more');
        await rm(file, { force: true });
        return;
      }
      bill = await bookResults({ ...toBook, record: mine, resultsMin: 0 });
    }
    const parts = [`${bill.answered} answered`];
    if (bill.estimated > 0)
      parts.push(
        `${bill.estimated} of them without usage, their cost by our own count of tokens, at most ${showAmount(bill.estimatedAtMost)}`,
      );
    if (bill.returned > 0) parts.push(`${bill.returned} without an answer and a bill, to be asked again`);
    if (bill.doubtful > 0)
      parts.push(
        `${bill.doubtful} in doubt (no result, two, or none that can be read), at most ${showAmount(bill.doubtfulAtMost)}`,
      );
    if (bill.strange > 0) parts.push(`${bill.strange} results of no request of it, ignored`);
    const { cost } = bill;
    const outcome = `ended: ${parts.join(', ')}`;
    if (await endings.close(mine, outcome, { cost, charge: bill.bound, unanswered: bill.returned + bill.doubtful }))
      notify({ kind: 'batch', message: `batch ${mine.id} ${outcome}, ${showAmount(cost)}` });
  }

  #missedAgain(missed: Misses | undefined): Misses {
    return { times: (missed?.times ?? 0) + 1, since: missed?.since ?? this.#options.world.now() };
  }

  #isLost({ times, since }: Misses): boolean {
    return times >= MISSES_MAX && this.#options.world.now() - since >= MISSED_MS;
  }

  /** Whether the provider of a batch has another one. */
  async #hasOther({ id, provider }: BatchRecord): Promise<boolean> {
    for await (const other of outIn(this.#options.books.batches()))
      if (other.id !== id && other.provider === provider && other.state === 'submitted') return true;
    return false;
  }

  /** @returns whether this is news */
  #failed({ provider }: BatchRecord, step: BatchStepName, error: BatchHttpError, isBusy = false): boolean {
    if (error.isTemporary) return this.#patience.failed(provider, step, error, isBusy);
    this.#patience.answered(provider, step);
    return true;
  }

  /** Asks a provider; undefined if it does not answer now. @throws BatchRefusedError if it refuses */
  async #asking<T>(record: BatchRecord, step: BatchStepName, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask();
      this.#patience.answered(record.provider, step);
      return answer;
    } catch (error) {
      if (!(error instanceof BatchHttpError)) throw error;
      const isNews = this.#failed(record, step, error);
      if (!error.isTemporary) throw new BatchRefusedError(`batch ${record.id}: ${error.message}`);
      if (isNews)
        this.#options.notify({ kind: 'batch', message: `batch ${record.id}: ${error.message}; trying again` });
      return undefined;
    }
  }
}

/** How a server answers that has no batches. */
const NO_SUCH_API: ReadonlySet<number> = new Set([404, 405]);

/** What a record tells of a batch some of whose results are booked. */
function soFar({ rows }: BatchRecord, { waiting, waitingAtMost, cost }: BatchBill): Partial<BatchRecord> {
  const worst = waitingAtMost === null ? null : waitingAtMost.toString();
  const amounts = { cost: cost.toString(), charge: (cost + (waitingAtMost ?? 0n)).toString() };
  return { done: rows - waiting, waiting: { rows: waiting, worst }, ...amounts };
}

/** Answers to the cancellation of a batch that ends, or has ended. */
const CANNOT_CANCEL: ReadonlySet<number | undefined> = new Set([400, 409, 422]);

async function missingOr<T>(ask: () => Promise<T>): Promise<T | 'missing'> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BatchHttpError && error.isMissing) return 'missing';
    throw error;
  }
}
