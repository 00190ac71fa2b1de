import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { KeyRing } from '../../crypt/index.js';
import { standingOf, type Books } from '../books/index.js';
import { reservationOf, type BatchRecord } from '../batch-store/index.js';
import type { CallRecord, CallState, Draft, KeptDraft } from '../journal/index.js';
import type { Attribution } from '../ledger/index.js';
import { showAmount, type Nano } from '../money/index.js';
import type { ProviderBatches, ProviderRequest, BatchRequest } from '../provider/index.js';
import type { AiWorld } from '../ai-world.js';
import { worstCost } from './lane-prices.js';
import { spoolOf, type BatchEndings } from './batch-endings.js';
import { batchPrices } from './batch-prices.js';
import { heldByBatches } from './held-by-batches.js';
import { Spool } from './batch-spool.js';
import type { LaneChoice } from './choose.js';
import type { Notice } from './options.js';
import type { ProviderLane } from './provider-lane.js';
import type { RunBudget } from './run-budget.js';

/** The size of a batch, and how long to wait for it. */
export interface GatherLimits {
  /** The maximum number of requests in a batch. Default: the provider's maximum. */
  readonly rowsMax?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly deadlineAt?: number | undefined;
}

/** A request that may go into a batch. */
export interface GatheredCall {
  readonly key: string;
  readonly attribution: Attribution;
  /** When it is asked live if it has no answer by then. Milliseconds since the epoch. Default: that of the gathering. */
  readonly deadlineAt?: number | undefined;
  /** Whether it is asked again although it may have been billed. */
  readonly repeatsDoubt: boolean;
  /** Who is asked, and for what: that of the request, or for a better answer than a draft. Undefined: nobody can be. */
  choiceFor(draft: Draft | undefined): LaneChoice | undefined;
  /** Returns its journal record in a given state. */
  record(state: CallRecord['state']): CallRecord;
}

export type Gathered =
  /** It does not go into a batch: it has an answer, or is to be sent by itself. */
  | { readonly kind: 'none' }
  /** A batch has brought an answer, which is to be judged first. */
  | { readonly kind: 'received' }
  | { readonly kind: 'waits'; readonly batch: string }
  /** The budget has no room for it, at least until other batches have ended. `renewsAt`: when to wait for, if that is wanted. */
  | {
      readonly kind: 'full';
      readonly message: string;
      readonly renewsAt: number | undefined;
    };

export interface BatchGathererOptions {
  readonly books: Books;
  readonly runBudget: RunBudget;
  readonly world: AiWorld;
  /** The folder of the request files, and with which they are encrypted. */
  readonly folder: string;
  readonly keys: KeyRing | undefined;
  readonly endings: BatchEndings;
  readonly notify: (notice: Notice) => void;
}

/** After this many batches, a request is sent by itself. */
const TRIES_MAX = 2;
/** The maximum number of open files: one per stage, provider and model. */
const OPEN_MAX = 32;

interface OpenBatch {
  record: BatchRecord;
  readonly spool: Spool;
  readonly group: string;
  /** The places, bytes and texts for vectors that are promised so far. */
  places: number;
  bytes: number;
  texts: number;
  /** How many requests are in it, which are numbered. */
  rows: number;
  /** How many of these are in doubt, and asked again. */
  repeated: number;
  worst: Nano | null;
  /** The earliest of its requests. */
  deadlineAt: number | undefined;
  /** Requests that have a place but are not yet written. */
  readonly pending: Set<Promise<void>>;
  sealing?: Promise<void>;
}

/**
 * Writes requests into the files of batches. The journal records a request as part of its batch before it is written to the file,
 * so that nobody else sends it. If this process dies before the file is complete, the batch is discarded.
 */
export class BatchGatherer {
  readonly #options: BatchGathererOptions;
  readonly #limits: GatherLimits;
  readonly #open = new Map<string, Promise<OpenBatch>>();
  /** When each of these was begun. */
  readonly #begun = new Map<string, number>();
  /** Those in which there is no room are being completed. */
  readonly #completing = new Set<Promise<void>>();
  /** Requests that are being placed, by key: each has one place. */
  readonly #underWay = new Map<string, Promise<Gathered>>();
  #left: Promise<Nano | undefined> | undefined;
  #heldBy: Promise<string> | undefined;
  #promised = 0n;
  #made = 0;

  constructor(options: BatchGathererOptions, limits: GatherLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  /** When the oldest of its batches that are still open was begun, milliseconds since the epoch; undefined: none is open. */
  get since(): number | undefined {
    return this.#begun.size === 0 ? undefined : Math.min(...this.#begun.values());
  }

  /**
   * @param joins whether the request may go into a batch; otherwise this only tells whether it is in one
   * @throws Error if the journal or the file can't be written
   */
  async gather(call: GatheredCall, joins: boolean): Promise<Gathered> {
    if (!joins) return await this.#gather(call, false);
    const other = this.#underWay.get(call.key);
    if (other !== undefined) return await other;
    const work = this.#gather(call, true).finally(() => this.#underWay.delete(call.key));
    this.#underWay.set(call.key, work);
    return await work;
  }

  async #gather(call: GatheredCall, joins: boolean): Promise<Gathered> {
    const { books } = this.#options;
    for (;;) {
      const found = await books.journal.get(call.key);
      const state = found?.record.state;
      const standing = found && (await standingOf(books, found));
      if (state?.kind === 'batched' && standing?.kind === 'batched') return { kind: 'waits', batch: state.batch };
      if (state?.kind === 'received') return { kind: 'received' };
      const before = beforeOf(state);
      const doubt = standing?.kind === 'doubtful' ? standing.doubt : undefined;
      if (!joins || before === undefined || before.tries >= TRIES_MAX) return { kind: 'none' };
      if (doubt !== undefined && !call.repeatsDoubt) return { kind: 'none' };
      const { tries, kept } = before;
      const choice = call.choiceFor(kept?.draft);
      const batches = choice?.lane.provider.batches;
      if (choice === undefined || batches === undefined) return { kind: 'none' };
      const { lane, request } = choice;
      const written = await writtenOf(batches, { ...request, model: lane.wireModel(request.model), stream: false });
      // Sent by itself, its failure is reported like any other.
      if (written === undefined) return { kind: 'none' };
      const worst = worstCost(batchPrices(lane), request, this.#options.world.now());
      if (!(await this.#fits(call, worst))) return await this.#full(call);
      const placed = await this.#place(call, choice, batches, written);
      const { batch, hash, done } = placed;
      try {
        const record = call.record({ kind: 'batched', batch: batch.record.id, tries: tries + 1, kept, doubt });
        if (!(await books.journal.claim(call.key, record, found))) continue;
        // Only what is in the batch has a number, so that its requests are counted right.
        const index = batch.rows;
        batch.rows += 1;
        const id = customId(batch, index, hash);
        const amount = worst === null ? null : worst.toString();
        const { attribution } = call;
        const { maxOutputTokens, embedding, messages } = request;
        const vectors = embedding && { texts: messages.length, many: embedding.many };
        const row = { key: call.key, hash, attribution, maxOutputTokens, ...(vectors && { vectors }), worst: amount };
        await books.batches().putRow(batch.record.id, index, row);
        await batch.spool.add(batches.line(id, written));
        batch.worst = batch.worst === null || worst === null ? null : batch.worst + worst;
        if (doubt !== undefined) batch.repeated += 1;
        return { kind: 'waits', batch: batch.record.id };
      } finally {
        done();
      }
    }
  }

  /** Completes all files, so that their batches can be sent. @throws Error if one can't be written */
  async seal(): Promise<void> {
    const all = await Promise.all(this.#open.values());
    await Promise.all([...this.#completing, ...all.map((batch) => this.#sealed(batch))]);
    this.#completing.clear();
    this.#left = undefined;
  }

  async #fits({ attribution }: GatheredCall, worst: Nano | null): Promise<boolean> {
    const left = await (this.#left ??= this.#options.runBudget.left(attribution.pipeline));
    if (left === undefined || worst === null) return true;
    if (this.#promised + worst > left) return false;
    this.#promised += worst;
    return true;
  }

  async #full({ attribution: { pipeline } }: GatheredCall): Promise<Gathered> {
    const { books, runBudget } = this.#options;
    const charges = runBudget.charges(pipeline).filter(({ limit }) => limit !== undefined);
    const names = charges.map(({ account }) => account);
    const renewals = names.flatMap((account) => runBudget.renewsAt(account) ?? []);
    this.#heldBy ??= heldByBatches(books.budget, names);
    const left = showAmount((await this.#left) ?? 0n);
    return {
      kind: 'full',
      message: `the budget has no room for more: ${left} is left, and the worst case of what no batch has answered is more${await this.#heldBy}`,
      // Only a day starts over.
      renewsAt: runBudget.whenSpent === 'wait' && renewals.length === names.length ? Math.min(...renewals) : undefined,
    };
  }

  async #place(
    { key, attribution, deadlineAt }: GatheredCall,
    { lane, request }: LaneChoice,
    batches: ProviderBatches,
    written: BatchRequest,
  ): Promise<{ readonly batch: OpenBatch; readonly hash: string; readonly done: () => void }> {
    const hash = createHash('sha256').update(`${key}\n${written.body}`).digest('hex').slice(0, 24);
    const model = lane.wireModel(request.model);
    const group = JSON.stringify([
      lane.name,
      lane.index,
      model,
      written.endpoint,
      written.headers,
      attribution.pipeline,
      attribution.stage,
    ]);
    const rowsMax = Math.min(this.#limits.rowsMax ?? Infinity, batches.rowsMax);
    for (;;) {
      let opening = this.#open.get(group);
      if (opening === undefined) {
        if (this.#open.size >= OPEN_MAX) await this.#sealOne();
        opening = this.#open.get(group) ?? this.#begin(group, lane, model, written, attribution);
        this.#open.set(group, opening);
        this.#begun.set(group, this.#begun.get(group) ?? this.#options.world.now());
      }
      const batch = await opening;
      // No number that it may get is longer.
      const bytes = Buffer.byteLength(batches.line(customId(batch, batch.places, hash), written)) + 1;
      // Leaves room for the bytes around the requests, such as the brackets of a list.
      // Each text of a request for vectors counts.
      const texts = request.embedding === undefined ? 0 : request.messages.length;
      const isFull =
        batch.places >= rowsMax ||
        (batch.places > 0 && batch.texts + texts > batches.rowsMax) ||
        (batch.places > 0 && batch.bytes + bytes > batches.bytesMax - 1024);
      if (!isFull && batch.sealing === undefined) {
        batch.places += 1;
        batch.bytes += bytes;
        batch.texts += texts;
        if (deadlineAt !== undefined) batch.deadlineAt = Math.min(batch.deadlineAt ?? Infinity, deadlineAt);
        // Registered at once, so that the file is not completed before the request is in it.
        const done = pendingIn(batch);
        if (batch.places >= rowsMax) this.#complete(batch);
        return { batch, hash, done };
      }
      await this.#sealed(batch);
    }
  }

  /** Seals a batch in which there is no room, once its requests are written. `seal` tells of a failure. */
  #complete(batch: OpenBatch): void {
    const sealing = this.#sealed(batch);
    sealing.catch(() => undefined);
    this.#completing.add(sealing);
  }

  async #sealOne(): Promise<void> {
    const all = await Promise.all(this.#open.values());
    const largest = all.sort((a, b) => b.places - a.places)[0];
    if (largest !== undefined) await this.#sealed(largest);
  }

  async #begin(
    group: string,
    lane: ProviderLane,
    model: string,
    { endpoint, headers }: BatchRequest,
    { pipeline, stage }: Attribution,
  ): Promise<OpenBatch> {
    const { books, world, folder, keys } = this.#options;
    const createdAt = world.now();
    const unique = randomUUID().replaceAll('-', '').slice(0, 16);
    const tag = `c${unique}`;
    const key = await lane.provider.batches?.keyMark(tag);
    const record: BatchRecord = {
      // In the order of creation, even within a millisecond.
      id: `${createdAt.toString(36)}${String((this.#made += 1)).padStart(4, '0')}${unique.slice(0, 4)}`,
      state: 'gathering',
      tag,
      owner: books.owner,
      provider: lane.name,
      lane: lane.index,
      baseUrl: lane.provider.baseUrl,
      kind: lane.provider.kind,
      ...(key !== undefined && { key }),
      pipeline,
      stage,
      model,
      endpoint,
      headers,
      rows: 0,
      bytes: 0,
      worst: null,
      createdAt,
      done: 0,
    };
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await books.batches().add(record);
    const spool = await Spool.create(spoolOf(folder, record.id), keys);
    const { deadlineAt } = this.#limits;
    return { record, spool, group, ...EMPTY, deadlineAt, pending: new Set() };
  }

  #sealed(batch: OpenBatch): Promise<void> {
    batch.sealing ??= this.#seal(batch);
    return batch.sealing;
  }

  async #seal(batch: OpenBatch): Promise<void> {
    const { books, runBudget, folder, endings } = this.#options;
    this.#open.delete(batch.group);
    this.#begun.delete(batch.group);
    while (batch.pending.size > 0) await Promise.all(batch.pending);
    await batch.spool.close();
    const { id, pipeline } = batch.record;
    const store = books.batches();
    if (batch.spool.lines === 0) {
      await rm(spoolOf(folder, id), { force: true });
      await store.remove(id);
      return;
    }
    const { rows, repeated, worst, deadlineAt } = batch;
    const reserved = await books.budget.reserve(reservationOf(id), worst ?? 0n, runBudget.charges(pipeline));
    const amount = worst === null ? null : worst.toString();
    const common = { rows, bytes: batch.spool.bytes, worst: amount, deadlineAt, ...(repeated > 0 && { repeated }) };
    const sealed = await store.change(batch.record, { ...common, state: 'sealed' });
    // If another process used up the budget first, the requests are free again.
    if (sealed !== undefined && reserved.kind === 'full')
      await endings.drop(sealed, 'never sent: the budget had no room for it');
  }
}

const EMPTY = { places: 0, bytes: 0, texts: 0, rows: 0, repeated: 0, worst: 0n } as const;

function customId({ record }: OpenBatch, index: number, hash: string): string {
  return `${record.tag}_${index}_${hash}`;
}

/** Returns in how many batches a request was, and the draft that it is to improve; undefined if it goes into no batch. */
function beforeOf(
  state: CallState | undefined,
): { readonly tries: number; readonly kept?: KeptDraft | undefined } | undefined {
  switch (state?.kind) {
    case undefined:
      return { tries: 0 };
    case 'batched':
      return { tries: state.tries - 1, kept: state.kept };
    case 'returned':
      return state.live ? undefined : state;
    case 'draft':
      return { tries: 0, kept: state.kept };
    case 'cut':
      return state.tries === undefined ? undefined : { tries: state.tries, kept: state.kept };
    default:
      return undefined;
  }
}

/** @returns a function to call once the request is written */
function pendingIn({ pending }: OpenBatch): () => void {
  let settle = (): void => undefined;
  const one = new Promise<void>((resolve) => (settle = resolve));
  pending.add(one);
  return () => {
    pending.delete(one);
    settle();
  };
}

/** Writes a request; undefined if it can't be written. */
async function writtenOf(batches: ProviderBatches, request: ProviderRequest): Promise<BatchRequest | undefined> {
  try {
    return await batches.write(request);
  } catch {
    return undefined;
  }
}
