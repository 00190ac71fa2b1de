import type { KeyRing } from '../../crypt/index.js';
import { outIn, type BatchRecord } from '../batch-store/index.js';
import type { Books } from '../books/index.js';
import type { CallRecord, CallState, Draft } from '../journal/index.js';
import type { Attribution, LedgerEntry } from '../ledger/index.js';
import type { ProviderRequest } from '../provider/index.js';
import type { UniversalRequest } from '../request/index.js';
import type { Route } from '../route/index.js';
import type { AiWorld } from '../ai-world.js';
import { BatchDriver, type AdvanceOptions, type Cancelled } from './batch-driver.js';
import { BatchEndings } from './batch-endings.js';
import { BatchGatherer, type GatherLimits, type Gathered } from './batch-gatherer.js';
import type { AiCallOptions } from './call.js';
import { choicesFor, type LaneChoice } from './choose.js';
import { lanesLeft } from './fallback.js';
import type { Notice } from './options.js';
import type { ProviderLane } from './provider-lane.js';
import { largestCap, repairRequest } from './repair-request.js';
import type { RunBudget } from './run-budget.js';

/**
 * Requests in batches, at half the price. Their answers go into the journal under the key that a live call has; whoever wants one
 * makes the call afterwards and finds it there. A batch therefore depends on no waiting process.
 */
export interface BatchLane {
  /** Tells whether a request is in a batch; weighs the answer that one has brought. Puts it into none. */
  find(request: UniversalRequest, context: AiCallOptions): Promise<Gathered>;
  gathering(limits: GatherLimits): Gathering;
  /** Takes batches one step further. @throws BatchRefusedError */
  advance(options?: AdvanceOptions): Promise<void>;
  /** Drops what dead processes did not send, removes what closed batches do not need any more, and forgets old ones. */
  upkeep(): Promise<void>;
  /** In the order of their creation. */
  records(): AsyncIterable<BatchRecord>;
  record(id: string): Promise<BatchRecord | undefined>;
  /** Those that have not ended, in the order of their creation. */
  open(): Promise<readonly BatchRecord[]>;
  /** Those that a provider has, or may have. */
  out(): AsyncIterable<BatchRecord>;
  /**
   * Asks the provider to end a batch. The answers so far are fetched by `advance`.
   *
   * @throws BatchRefusedError
   */
  cancel(id: string): Promise<Cancelled>;
  /** Drops a batch of this process that was not sent. @param outcome for people. @returns false if it was sent */
  withdraw(id: string, outcome: string): Promise<boolean>;
  /** Gives up a batch: each of its requests that has no result is in doubt. @returns false if another process works on it */
  giveUp(id: string, reason: string): Promise<boolean>;
  /** The last failure of a batch's provider if it has not answered for too long. */
  givenUp(record: BatchRecord): string | undefined;
  /**
   * Batches of some pipelines whose answers nobody can fetch, because their providers are configured differently now: what to say
   * of each.
   *
   * @param asks whether to ask the providers too
   */
  strays(pipelines: readonly string[], asks?: boolean): AsyncIterable<string>;
  /** Breaks off what providers are being asked. What they were sent may have arrived all the same: the next process finds out. */
  cutOff(): void;
  /** Until when its results can be fetched, milliseconds since the epoch; undefined if its provider is not configured. */
  keptUntil(record: BatchRecord): number | undefined;
}

export interface Gathering {
  /** When the oldest batch that is being filled was begun, milliseconds since the epoch; undefined: none is. */
  readonly since: number | undefined;
  /** @param deadlineAt when it is asked live if it has no answer by then, milliseconds since the epoch */
  gather(request: UniversalRequest, context: AiCallOptions, deadlineAt?: number): Promise<Gathered>;
  /** Completes all files, so that their batches can be sent. */
  seal(): Promise<void>;
}

export interface BatchLaneOptions {
  readonly books: Books;
  readonly runBudget: RunBudget;
  readonly world: AiWorld;
  readonly lanes: readonly ProviderLane[];
  /** Undefined if the books are not in a folder, in which case there are no batches. */
  readonly folder: string | undefined;
  /** With which the files in it are encrypted; undefined: they are not. */
  readonly keys: KeyRing | undefined;
  /** How long closed batches are kept, in milliseconds. */
  readonly ttlMs: number;
  /** How long to wait for a provider that does not answer, in milliseconds. */
  readonly providerWaitMs: number;
  readonly notify: (notice: Notice) => void;
  readonly booked: (entry: LedgerEntry) => void;
  /** Returns the facts of the call that a request would be. */
  readonly facts: (request: UniversalRequest, context: AiCallOptions) => CallFactsForBatch;
  /** Judges an answer that a batch has brought. */
  readonly weigh: (request: UniversalRequest, context: AiCallOptions) => Promise<unknown>;
}

interface CallFactsForBatch {
  readonly key: string;
  readonly lanes: readonly ProviderLane[];
  readonly record: (state: CallState) => CallRecord;
  readonly attribution: Attribution;
  readonly route: Route;
  readonly request: ProviderRequest;
}

/** The most stages and models that are told of once. */
const TOLD_MAX = 100;

export function createBatchLane(options: BatchLaneOptions): BatchLane {
  const { books, runBudget, world, lanes, folder, keys, ttlMs, providerWaitMs, notify, booked, facts, weigh } = options;
  const place = (): string => {
    if (folder === undefined) throw new Error('batches need a state folder of this machine');
    return folder;
  };
  const told = new Set<string>();
  const lacking = new Map<string, number>();
  let opened: { readonly endings: BatchEndings; readonly driver: BatchDriver } | undefined;
  const open = (): NonNullable<typeof opened> => {
    if (opened !== undefined) return opened;
    const endings = new BatchEndings({ books, world, folder: place(), ttlMs, notify, booked });
    const common = { books, world, lanes, folder: place(), keys, providerWaitMs, notify, booked };
    const driver = new BatchDriver({ ...common, endings, lacking });
    return (opened = { endings, driver });
  };
  const gathererFor = (limits: GatherLimits): BatchGatherer =>
    new BatchGatherer({ books, runBudget, world, folder: place(), keys, endings: open().endings, notify }, limits);
  /** Puts nothing into a batch. */
  let finder: BatchGatherer | undefined;
  const gatherBy = async (
    gatherer: BatchGatherer,
    request: UniversalRequest,
    context: AiCallOptions,
    { joins, deadlineAt }: { readonly joins: boolean; readonly deadlineAt?: number | undefined },
  ): Promise<Gathered> => {
    const call = facts(request, context);
    const able = call.lanes.filter(({ provider: { batches } }) => batches?.takes(call.request) === true);
    const { pipeline } = call.attribution;
    const choiceFor = (draft: Draft | undefined): LaneChoice | undefined => {
      const { choices } = choicesFor(
        lanesLeft(able, draft),
        draft === undefined
          ? call.request
          : repairRequest(call.request, draft, largestCap(call.lanes, call.request.model)),
        call.route,
        pipeline,
        runBudget,
        world.now(),
      );
      return choices.find(({ lane }) => !lacking.has(lane.name)) ?? choices[0];
    };
    const repeatsDoubt = (context.inDoubt ?? 'retry') === 'retry';
    if (able.length > 0) {
      const gathered = await gatherer.gather({ ...call, choiceFor, repeatsDoubt, deadlineAt }, joins);
      if (gathered.kind !== 'received') return gathered;
      await weigh(request, context);
      return await gatherer.gather({ ...call, choiceFor, repeatsDoubt, deadlineAt }, joins);
    }
    const isList = call.request.embedding !== undefined && call.request.messages.length > 1;
    const what = isList ? 'batches for the vectors of a list of texts' : 'batches';
    const message = `no provider of stage ${context.stage} has ${what}: ${request.model} is asked live`;
    if (!told.has(message)) {
      if (told.size < TOLD_MAX) told.add(message);
      notify({ kind: 'batch', message });
    }
    return { kind: 'none' };
  };
  return {
    find: (request, context) => gatherBy((finder ??= gathererFor({})), request, context, { joins: false }),
    gathering(limits) {
      const gatherer = gathererFor(limits);
      return {
        get since() {
          return gatherer.since;
        },
        gather: (request, context, deadlineAt) =>
          gatherBy(gatherer, request, context, { joins: true, deadlineAt: deadlineAt ?? limits.deadlineAt }),
        seal: () => gatherer.seal(),
      };
    },
    advance: (which) => open().driver.advance(which),
    upkeep: () => open().endings.upkeep(),
    records: () => books.batches().all(),
    async open() {
      const open: BatchRecord[] = [];
      for await (const record of books.batches().all()) if (record.state !== 'closed') open.push(record);
      return open;
    },
    record: (id) => books.batches().get(id),
    out: () => outIn(books.batches()),
    cancel: (id) => open().driver.cancel(id),
    withdraw: (id, outcome) => open().driver.withdraw(id, outcome),
    giveUp: (id, reason) => open().endings.giveUp(id, reason),
    givenUp: (record) => open().driver.givenUp(record),
    async *strays(pipelines, asks = false) {
      if (folder === undefined) return;
      for await (const record of outIn(books.batches())) {
        if (!pipelines.includes(record.pipeline)) continue;
        const stray = await open().driver.strayOf(record, asks);
        if (stray !== undefined) yield stray;
      }
    },
    cutOff() {
      for (const { provider } of lanes) provider.batches?.close();
    },
    keptUntil(record) {
      const kept = lanes.find(({ name }) => name === record.provider)?.provider.batches?.keptMs;
      return kept && (record.submittedAt ?? record.createdAt) + kept;
    },
  };
}
