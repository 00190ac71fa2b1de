import {
  BatchRefusedError,
  type AiCallOptions,
  type AiClient,
  type BatchedRequest,
  type BatchRecord,
  type UniversalRequest,
} from '../../../ai/index.js';
import { isAiStage, type AiOutcome, type OpenExecutor } from '../../../pipeline/index.js';
import { comparePositions, type Log, type LogPosition, type LogWorld } from '../../../log/index.js';
import type { CallManner, CallReady } from '../../ai/ai-calls.js';
import { STRAY_HINT } from '../../ai/open-client.js';
import { GATHERED_AT_ONCE, gatheringCalls, isMixed, pollInterval, type GatherRequest } from '../../batches/index.js';
import type { GivenCalls } from '../../engines/engines.js';
import { reasonOf } from '../../reason-of.js';
import type { PipelineServePlan } from '../../serve-plan.js';
import { ReadAhead } from './read-ahead.js';
import { StageLane } from './stage-lane.js';
import { UnaskedBatches } from './unasked-batches.js';
import { WaitingEvents } from './waiting-events.js';

/** How often there is a look at what has arrived, and at what is due. */
const TICK_MS = 250;
/** How often dead processes' batches are looked for. */
const UPKEEP_MS = 60_000;
/** The pause after a pass that could not read everything. */
const AGAIN_MS = 5000;
/** The same if the budget had no room, unless a batch ends earlier. */
const FULL_MS = 60_000;
/** The most batches of a pipeline that are out at a time; with more, events wait in the log. */
const OUT_MAX = 100;
/** How many passes may gather a request before it is asked live: one that has passed it by already, and one that begins behind it. */
const PASSES = 2;
/** How long a request to a provider may take when the daemon ends. */
const STOP_MS = 5000;

/** What a keeper does its work with. */
export interface BatchKeeperOptions {
  readonly plan: PipelineServePlan;
  readonly client: Pick<AiClient, 'batches' | 'call'>;
  readonly manner: Pick<CallManner, 'inDoubt' | 'readPart'>;
  readonly log: Log;
  readonly world: LogWorld;
  /** Opens an executor of the pipeline that makes other calls. */
  readonly open: (plan: PipelineServePlan, calls: GivenCalls) => OpenExecutor;
  /** Says what goes on, for people. */
  readonly notice: (message: string) => void;
  /** Says what goes wrong or costs money for nothing. */
  readonly warn: (message: string) => void;
}

/** How the pipeline stands that a keeper works for. */
export interface Front {
  /** Every event before it is out; undefined: that is not known yet. */
  readonly position: LogPosition | undefined;
  /** Whether an event has failed that keeps the rest from being processed. */
  readonly isStopped: boolean;
}

/**
 * Sends the requests of one pipeline of a daemon in batches. The events wait in the log: the pipeline itself takes the next few of
 * them, which wait for their batches, in its order; ahead of it, this reads the events behind them, only to put their requests
 * into batches. All answers come through the journal, so that nothing of this is lost with the process, and nothing paid twice.
 */
export class BatchKeeper {
  readonly #lanes: ReadonlyMap<string, StageLane>;
  readonly #counts = new Map<StageLane, WaitingEvents>();
  readonly #ahead: ReadAhead;
  readonly #unasked: UnaskedBatches;
  /** Whether a batch that ends may bring further requests. */
  readonly #isChain: boolean;
  /** The batches that are not closed, and when to look at each. */
  readonly #open = new Map<string, number>();
  /** Why batches can't be sent or asked for now. */
  readonly #refused = new Map<string, string>();
  /** Batches that are to be ended, because an event in them has waited for too long. */
  readonly #late = new Set<string>();
  /** The stages whose requests the pass that is under way gathers. */
  #wanting: ReadonlySet<StageLane> = new Set();
  #passing: Promise<void> | undefined;
  /** How many passes have ended, and whether one of them has read everything. */
  #passes = 0;
  #hasPassed = false;
  #readingOn: Promise<void> | undefined;
  #passFrom = 0;
  /** Whether the events are to be read again from where the pipeline is. */
  #isAgain = false;
  /** Whether the budget has no room for a further request: now, and since the last pass began. */
  #isFull = false;
  #wasFull = false;
  #upkeepAt = 0;
  /** Why nothing may be sent now. */
  #refusal: string | undefined;
  #change = signalled();
  #isEnding = false;
  #front: Front = { position: undefined, isStopped: false };
  readonly #stop = new AbortController();
  #work: Promise<void> | undefined;

  constructor(private readonly options: BatchKeeperOptions) {
    const { plan, client, manner, log, world, open } = options;
    const stages = plan.spec.stages.filter(isAiStage);
    this.#lanes = new Map(
      stages.flatMap(({ name, batch }) => (batch === undefined ? [] : [[name, new StageLane(batch, client.batches)]])),
    );
    this.#unasked = new UnaskedBatches(client.batches, options.warn);
    this.#isChain = stages.length > 1 || stages.some(({ cascade }) => cascade !== undefined);
    const failing: PipelineServePlan = {
      ...plan,
      spec: { ...plan.spec, onError: { kind: 'dead_letter' } },
      block: { ...plan.block, strict: false, rawMax: 0 },
    };
    const gathers = (stage: string): GatherRequest | undefined => {
      const lane = this.#lanes.get(stage);
      return lane && ((request, context, { timestamp }) => this.#gatherAhead(lane, request, context, timestamp));
    };
    const calls = gatheringCalls(client, manner, stages, gathers);
    const atOnce = isMixed(stages, (stage) => this.#lanes.has(stage)) ? { calls } : { calls, ...GATHERED_AT_ONCE };
    this.#ahead = new ReadAhead({
      pipeline: plan.spec.name,
      log,
      now: world.now,
      outputs: plan.spec.outputs.length,
      open: () => open(failing, atOnce),
    });
  }

  /** Whether events that wait are let go, so that their pipeline can be stopped. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /**
   * Returns what waits until a call may be made: its answer is there, or it is to be asked live.
   *
   * @param reading aborted when the pipeline reads no more: what waits then is let go
   */
  readyUntil(reading: AbortSignal): CallReady {
    reading.addEventListener('abort', () => this.#wake(), { once: true });
    return async (request, context, { timestamp }) => {
      const lane = this.#lanes.get(context.stage);
      let fulls = 0;
      let passes = this.#passes;
      for (;;) {
        const { change } = this.#change;
        if (this.#isEnding || reading.aborted) return paused('the answer of a batch is not there yet');
        if (this.#refusal !== undefined) return paused(this.#refusal);
        if (this.#upkeepAt > 0) {
          const isLate = lane?.isLate(timestamp, this.options.world.now()) === true;
          const asked = await this.#joined(lane, isLate, request, context, timestamp);
          if (asked.kind === 'received') return undefined;
          const isPassedBy = isLate || this.#passes - passes >= PASSES;
          if (asked.kind === 'none' && (isPassedBy || !(await this.#mayGather(lane)))) return undefined;
          if (asked.kind === 'waits') {
            if (isLate) this.#late.add(asked.batch);
            const refused = this.#refused.get(asked.batch);
            if (refused !== undefined) return paused(refused);
            // If that gives it back, the passes from then on may gather it.
            passes = this.#passes;
          }
          // What the budget has room for is looked up once for many requests, so it may be out of date the first time.
          if (asked.kind === 'full' && this.#open.size === 0 && (fulls += 1) > 1)
            return paused(asked.message, 'budget');
        }
        const trouble = await change;
        if (trouble !== undefined) return paused(trouble);
      }
    };
  }

  /** Puts a request of an event whose turn it is into a batch, or finds it in one. */
  async #joined(
    lane: StageLane | undefined,
    isLate: boolean,
    request: UniversalRequest,
    context: AiCallOptions,
    timestamp: number,
  ): Promise<BatchedRequest> {
    // Few are asked live, and many are gathered ahead.
    const joins = lane !== undefined && !isLate && lane.rowsMin === undefined;
    const asked = await (joins
      ? lane.gather(request, context, timestamp)
      : this.options.client.batches.find(request, context));
    this.#note(asked);
    return asked;
  }

  /** @param front how the pipeline stands, whenever it is asked */
  start(front: Front): void {
    this.#front = front;
    this.#isEnding = false;
    this.#work ??= this.#run();
  }

  /** Lets the events go that wait, as not read. What was sent goes on. */
  release(): void {
    this.#isEnding = true;
    this.#wake();
  }

  /** Ends the work. What was sent runs on; what was not, is free for the next start. */
  async stop(): Promise<void> {
    const { client, world } = this.options;
    this.release();
    this.#stop.abort();
    this.#ahead.stop();
    const ended = new AbortController();
    const idle = Promise.all([this.#work, this.#passing]);
    void idle.then(() => ended.abort());
    await world.wait(STOP_MS, ended.signal);
    if (!ended.signal.aborted) client.batches.cutOff();
    await idle;
    await this.#ahead.close();
    if (this.#work === undefined) return;
    for (const lane of this.#lanes.values()) await this.#withdraw(await lane.seal(), 'the daemon ends');
    const unsent = [...this.#open.keys()];
    await this.#withdraw(unsent, 'the daemon ends');
    const out = await this.#records();
    if (out.length === 0) return;
    const rows = out.reduce((sum, record) => sum + record.rows, 0);
    const batches = out.length === 1 ? '1 batch' : `${out.length} batches`;
    this.options.notice(`${batches} of ${rows} requests run on; the next start comes back for them`);
  }

  async #run(): Promise<void> {
    const { world } = this.options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#tick();
      } catch (error) {
        this.#wake(reasonOf(error));
      }
      await world.wait(TICK_MS, signal);
    }
  }

  async #tick(): Promise<void> {
    const now = this.options.world.now();
    if (now >= this.#upkeepAt) await this.#upkeep(now);
    const records = await this.#records();
    await this.#sealDue(now);
    await this.#advance(records, now);
    await this.#readOnOnce();
    if (this.#isAllAsked) await this.#unasked.tell();
  }

  /** Whether every stored event has asked for the answers that it needs now. */
  get #isAllAsked(): boolean {
    const { position } = this.#front;
    const isAtEnd = position !== undefined && comparePositions(position, this.options.log.end) >= 0;
    return isAtEnd || (this.#passing === undefined && this.#hasPassed);
  }

  /** Finds what earlier processes have left, and what can't be fetched. */
  async #upkeep(now: number): Promise<void> {
    const { client, plan } = this.options;
    const pipeline = plan.spec.name;
    const isFirst = this.#upkeepAt === 0;
    await client.batches.upkeep();
    for (const { id, pipeline: other, state } of await client.batches.open()) {
      if (other !== pipeline || state === 'gathering') continue;
      if (isFirst) this.#unasked.left(id);
      this.#open.set(id, this.#open.get(id) ?? 0);
    }
    let refusal: string | undefined;
    for await (const stray of client.batches.strays([pipeline])) refusal ??= stray;
    this.#refusal = refusal && `${refusal}: its requests would be paid for again; ${STRAY_HINT}`;
    this.#upkeepAt = now + UPKEEP_MS;
    if (isFirst || this.#refusal !== undefined) this.#wake();
  }

  /** The batches that are not closed; forgets the others. */
  async #records(): Promise<readonly BatchRecord[]> {
    const records: BatchRecord[] = [];
    let isLess = false;
    for (const id of [...this.#open.keys()]) {
      const record = await this.options.client.batches.record(id);
      if (record !== undefined && record.state !== 'closed') {
        records.push(record);
        continue;
      }
      this.#forget(id);
      isLess = true;
      if (this.#isChain || (record?.unanswered ?? 1) > 0) this.#isAgain = true;
    }
    if (isLess) {
      this.#passFrom = 0;
      this.#wake();
    }
    return records;
  }

  /** Completes the batches that have collected for long enough, so that they are sent. */
  async #sealDue(now: number): Promise<void> {
    const isFull = this.#isFull;
    this.#isFull = false;
    // What is being read is collected first.
    const isRead = (lane: StageLane): boolean => this.#passing !== undefined && this.#wanting.has(lane);
    for (const lane of this.#lanes.values()) {
      if (!lane.isFilling) continue;
      if (this.#front.isStopped) {
        await this.#withdraw(await lane.seal(), 'an event of its pipeline failed');
      } else if (isFull || (!isRead(lane) && lane.isDue(now) && this.#open.size < OUT_MAX)) {
        const ids = await lane.seal();
        if (lane.rowsMin !== undefined && (await this.#rowsUnsent(ids)) < lane.rowsMin)
          await this.#withdraw(ids, 'too few requests');
      }
    }
    if (isFull && this.#open.size === 0) this.#wake();
  }

  /** The number of requests in some batches; Infinity if one of them is sent. */
  async #rowsUnsent(ids: Iterable<string>): Promise<number> {
    let rows = 0;
    for (const id of ids) {
      const record = await this.options.client.batches.record(id);
      if (record?.state !== undefined && record.state !== 'sealed') return Infinity;
      rows += record?.rows ?? 0;
    }
    return rows;
  }

  async #withdraw(ids: Iterable<string>, why: string): Promise<void> {
    for (const id of ids) if (await this.options.client.batches.withdraw(id, `not sent: ${why}`)) this.#forget(id);
    this.#wake();
  }

  #forget(id: string): void {
    this.#open.delete(id);
    this.#late.delete(id);
    this.#refused.delete(id);
  }

  /** Sends, looks at and fetches the batches whose time has come. */
  async #advance(records: readonly BatchRecord[], now: number): Promise<void> {
    const { batches } = this.options.client;
    const due = records.filter(({ id, state }) => state !== 'gathering' && (this.#open.get(id) ?? 0) <= now);
    if (due.length === 0) return;
    let isNews = false;
    for (const record of due) {
      const { id, submittedAt, createdAt } = record;
      const before = this.#refused.get(id);
      const refusal = await this.#advanceOne(record);
      if (refusal === undefined) this.#refused.delete(id);
      else this.#refused.set(id, refusal);
      isNews ||= refusal !== before;
      if (this.#open.has(id)) this.#open.set(id, now + pollInterval(now - (submittedAt ?? createdAt)));
      const { waiting } = (await batches.record(id)) ?? {};
      if (waiting === undefined || waiting.rows === record.waiting?.rows) continue;
      // Some of its results are there, and some of these may have been given back.
      isNews = this.#isAgain = true;
    }
    const left = await this.#records();
    const silent = left.map((record) => batches.givenUp(record));
    const trouble = silent.every((one) => one !== undefined) ? silent[0] : undefined;
    if (isNews || trouble !== undefined) this.#wake(trouble);
  }

  /** @returns why it can't be sent or asked for now */
  async #advanceOne(record: BatchRecord): Promise<string | undefined> {
    const { batches } = this.options.client;
    const isOver = ({ id, deadlineAt = Infinity }: BatchRecord): boolean =>
      this.#late.has(id) || this.options.world.now() >= deadlineAt;
    const maySubmit = (one: BatchRecord): boolean => !this.#stop.signal.aborted && !isOver(one);
    try {
      if (isOver(record)) await batches.cancel(record.id);
      await batches.advance({ only: new Set([record.id]), maySubmit, isUnattended: true });
      return undefined;
    } catch (error) {
      if (!(error instanceof BatchRefusedError)) throw error;
      const wayOut =
        record.remote === undefined ? '' : `; colloquium journal batches --forget ${record.id} gives it up`;
      return `${error.message}${wayOut}`;
    }
  }

  /** Like {@link BatchKeeper.#readOn}, for all who ask at a time. */
  async #readOnOnce(): Promise<void> {
    if (this.#refusal !== undefined || this.#front.isStopped || this.#passing !== undefined) return;
    if (this.options.world.now() < this.#passFrom) return;
    await (this.#readingOn ??= this.#readOn().finally(() => (this.#readingOn = undefined)));
  }

  /** Whether a pass that is under way, or begins now, may put a request that is in no batch into one. */
  async #mayGather(lane: StageLane | undefined): Promise<boolean> {
    if (lane?.rowsMin === undefined) return false;
    try {
      await this.#readOnOnce();
    } catch (error) {
      this.#wake(reasonOf(error));
      return true;
    }
    return this.#passing !== undefined && this.#wanting.has(lane);
  }

  /** Starts a pass over the events whose requests are not gathered yet, if there is reason for one. */
  async #readOn(): Promise<void> {
    const { log, plan } = this.options;
    const main = this.#front.position;
    if (main === undefined || this.#open.size >= OUT_MAX) return;
    if (this.#isAgain) for (const lane of this.#lanes.values()) lane.readTo = undefined;
    this.#isAgain = false;
    const wanting = new Map<StageLane, LogPosition>();
    for (const lane of this.#lanes.values()) {
      const from = laterOf(main, lane.readTo);
      if (comparePositions(from, log.end) >= 0) continue;
      const { rowsMin } = lane;
      if (rowsMin !== undefined && !lane.isFilling) {
        const count = this.#counts.get(lane) ?? new WaitingEvents(log, plan.spec.name);
        this.#counts.set(lane, count);
        if (!(await count.areAtLeast(rowsMin, from))) continue;
      }
      wanting.set(lane, from);
    }
    if (wanting.size === 0) {
      await this.#ahead.tend();
      return;
    }
    this.#wanting = new Set(wanting.keys());
    this.#passing = this.#pass(wanting).finally(() => {
      this.#passing = undefined;
      this.#passes += 1;
      this.#wake();
    });
  }

  async #pass(wanting: ReadonlyMap<StageLane, LogPosition>): Promise<void> {
    this.#wasFull = false;
    const from = [...wanting.values()].reduce((least, one) => (comparePositions(one, least) < 0 ? one : least));
    let to: LogPosition | undefined;
    try {
      to = await this.#ahead.read(from);
    } catch (error) {
      this.#wake(reasonOf(error));
    }
    if (to === undefined) this.#passFrom = this.options.world.now() + this.#pauseMs();
    else {
      this.#hasPassed = true;
      for (const lane of wanting.keys()) lane.readTo = to;
    }
  }

  #pauseMs(): number {
    return this.#wasFull ? FULL_MS : AGAIN_MS;
  }

  async #gatherAhead(
    lane: StageLane,
    request: UniversalRequest,
    context: AiCallOptions,
    timestamp: number,
  ): Promise<Pick<BatchedRequest, 'kind'>> {
    const { client, plan, world } = this.options;
    const isBehindFailure = plan.spec.onError.kind === 'stop' && this.#ahead.failed > 0;
    if (isBehindFailure || this.#isFull || this.#open.size >= OUT_MAX) {
      this.#ahead.stop();
      return { kind: 'waits' };
    }
    const isLive = !this.#wanting.has(lane) || lane.isLate(timestamp, world.now());
    const asked = await (isLive ? client.batches.find(request, context) : lane.gather(request, context, timestamp));
    this.#note(asked);
    return asked;
  }

  #note(asked: BatchedRequest): void {
    if (asked.kind === 'waits') {
      this.#unasked.asked(asked.batch);
      this.#open.set(asked.batch, this.#open.get(asked.batch) ?? 0);
    }
    if (asked.kind === 'full') this.#isFull = this.#wasFull = true;
  }

  /** Has the events that wait look again. @param trouble why they are not to wait any longer */
  #wake(trouble?: string): void {
    const { tell } = this.#change;
    this.#change = signalled();
    tell(trouble);
  }
}

function signalled(): { readonly change: Promise<string | undefined>; readonly tell: (trouble?: string) => void } {
  let tell: (trouble?: string) => void = () => undefined;
  const change = new Promise<string | undefined>((resolve) => (tell = resolve));
  return { change, tell };
}

function paused(message: string, reason: 'batched' | 'budget' = 'batched'): AiOutcome {
  return { kind: 'paused', reason, message };
}

function laterOf(one: LogPosition, other: LogPosition | undefined): LogPosition {
  return other === undefined || comparePositions(one, other) >= 0 ? one : other;
}
