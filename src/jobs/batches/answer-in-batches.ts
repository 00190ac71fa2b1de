import {
  BatchRefusedError,
  contentText,
  realWorld,
  type AiClient,
  type AiStatus,
  type BatchedRequest,
  type BatchRecord,
} from '../../ai/index.js';
import { showAmount } from '../../ai/money/index.js';
import { isAiStage, singleLines, type BatchPlan, type BlockOptions } from '../../pipeline/index.js';
import { minuteText, sleep } from '../../world/index.js';
import { callManner, concurrencyFor, onThisThread } from '../ai/ai-engines.js';
import { lookAtLeftovers } from '../ai/leftovers.js';
import { openAi, providersOf, STRAY_HINT } from '../ai/open-client.js';
import { collectFailures, type Failures } from '../forecast/failures.js';
import { passThrough } from '../forecast/pass-through.js';
import { JobError } from '../job-error.js';
import { enginePipeline } from '../run/engines.js';
import type { AiRun, RunPlan } from '../run/plan.js';
import { refuseOutputs } from '../run/refuse-outputs.js';
import { GATHERED_AT_ONCE, gatheringCalls, isMixed } from './gathering-calls.js';
import { pollInterval } from './poll-interval.js';
import {
  isOver,
  NEAR_MS,
  recordsOf,
  withdrawAll,
  type BatchStage,
  type BatchStages,
  type Needed,
} from './batch-stage.js';
import { chooseLanes, type Chosen } from './choose-lanes.js';

const TELL_EVERY_MS = 60_000;

export interface BatchesOutcome {
  /** The number of batches that are left running because the run was to end; 0: the answers are in the journal. */
  readonly left: number;
  /** Why what has no answer may not be asked live: the budget has no room for it, not even at half the price. */
  readonly spent?: string | undefined;
  /** The first event that fails, where that ends the run: nothing behind it is to be paid for. */
  readonly failed?: string | undefined;
  /** What was sent, and what it cost. */
  readonly made?: Pick<AiStatus, 'sent' | 'totals'>;
}

export interface BatchesTalk {
  readonly notice: (message: string) => void;
  /** Aborted when the run is to end. Batches continue without it. */
  readonly ending: AbortSignal;
  /** Whether to report progress. */
  readonly progress: boolean;
}

/**
 * Gets the answers to a run's requests through batches into the journal. An ordinary run then finds them there, in the order of
 * its input.
 *
 * This way no part of a run waits in memory for a day: the input is read once to write its requests into files, and again when
 * they are answered. Order, checkpoints, kills and resumption are those of an ordinary run, which pays for what no batch has
 * answered. A pipeline whose second AI stage needs the answers of the first takes one round per stage, and one per step of a
 * cascade.
 *
 * @throws JobError if a provider refuses; SinkError if the outputs can't be opened then; SourceError, ConfigError, ComputoError
 */
export async function answerInBatches(planned: RunPlan, talk: BatchesTalk): Promise<BatchesOutcome> {
  const { ai } = planned;
  if (ai?.batches === undefined) return { left: 0 };
  await refuseOutputs(planned, talk.ending);
  const plan: RunPlan = {
    ...planned,
    pipeline: { ...planned.pipeline, onError: { kind: 'dead_letter' } },
    block: { ...planned.block, strict: false, rawMax: 0 },
  };
  const client = await openAi({ ...ai, pipelines: [enginePipeline(plan)], strays: 'leave' }, talk.notice);
  try {
    await refuseStrays(client, plan, talk);
    const stopsAtFailure = planned.block.strict || planned.pipeline.onError.kind === 'stop';
    const outcome = await inRounds(plan, { ...ai, batches: ai.batches, stopsAtFailure }, client, talk);
    const { sent, totals } = await client.status();
    return { ...outcome, made: { sent, totals } };
  } catch (error) {
    if (!(error instanceof BatchRefusedError)) throw error;
    throw new JobError(error.message, 'unavailable', `mend that and ${AGAIN}`);
  } finally {
    await client.close();
  }
}

const AGAIN = 'run the same command again; without --lane batch, requests go live';

/** @throws JobError if requests may be in a batch that this run can't ask for, because they would be paid for twice */
async function refuseStrays({ batches }: AiClient, { pipeline }: RunPlan, { notice }: BatchesTalk): Promise<void> {
  let strays = 0;
  for await (const stray of batches.strays([pipeline.name], true)) {
    strays += 1;
    notice(`${stray}: its requests would be paid for again`);
  }
  if (strays > 0)
    throw new JobError('requests of this run may be in a batch that it cannot fetch', 'invalid', STRAY_HINT);
}

/** How the run asks, besides what its stages say. */
interface Manner extends AiRun {
  readonly batches: ReadonlyMap<string, BatchPlan>;
  /** The first event that fails ends the run, so that nothing is to be paid for behind it. */
  readonly stopsAtFailure: boolean;
}

async function inRounds(
  plan: RunPlan,
  { batches, stopsAtFailure }: Manner,
  client: AiClient,
  talk: BatchesTalk,
): Promise<BatchesOutcome> {
  const { ending, notice } = talk;
  const stages = stagesOf(plan, batches);
  let isFirst = true;
  for (;;) {
    if ([...stages.values()].every(({ lane }) => lane === 'live')) return { left: 0 };
    await client.batches.upkeep();
    const { needed, full, fullRows, failures } = await gathered(plan, client, stages, talk);
    if (isFirst) await lookAtLeftovers(client, plan.pipeline.name, notice, needed);
    isFirst = false;
    if (stopsAtFailure && failures.failed > 0) {
      await withdrawAll(client, needed.keys(), 'an event of its run fails');
      reportLeft(client, (await recordsOf(client, needed)).filter(isRunning), notice);
      return { left: 0, failed: failures.examples[0] ?? '' };
    }
    await keepDeadlines(client, needed);
    const { tooFew, held } = ending.aborted ? UNCHOSEN : await chooseLanes(client, stages, needed, fullRows);
    if (needed.size === 0 && tooFew.length === 0 && !ending.aborted) {
      if (full?.renewsAt === undefined) return { left: 0, spent: full?.message };
      notice(`${full.message}; waiting for ${minuteText(full.renewsAt)}`);
      await sleep(realWorld, full.renewsAt - realWorld.now(), ending);
      continue;
    }
    const tight = ending.aborted ? undefined : await tightText(client, needed, fullRows);
    if (tight !== undefined) notice(tight);
    const left = await waitFor(client, needed, held, talk);
    if (ending.aborted) await withdrawAll(client, held, 'the run was stopped');
    if (left > 0 || ending.aborted) return { left };
    const late = [...stages.values()].filter((stage) => stage.lane !== 'live' && isOver(stage));
    for (const stage of late) stage.lane = 'live';
    const lateHeld = [...held].filter((id) => needed.get(id)?.lane === 'live');
    await withdrawAll(client, lateHeld, 'the deadline is reached');
    if (late.length > 0) notice('the deadline is reached: what has no answer is asked live');
    for (const name of tooFew) notice(`${name}: too few requests for a batch are asked live`);
  }
}

const UNCHOSEN: Chosen = { tooFew: [], held: new Set() };

function stagesOf({ pipeline }: RunPlan, batches: Manner['batches']): BatchStages {
  const now = realWorld.now();
  const names = pipeline.stages.filter(isAiStage).map(({ name }) => name);
  return new Map(
    [...batches].map(([name, plan]): [string, BatchStage] => {
      const deadlineAt = plan.deadlineMs && now + plan.deadlineMs;
      const chosen = plan.rowsMin === undefined ? 'batch' : undefined;
      return [name, { plan, place: names.indexOf(name), deadlineAt, lane: isNear(plan) ? 'live' : chosen }];
    }),
  );
}

/** Whether a stage may choose its lane, and no batch is likely to end in time. */
function isNear({ rowsMin, deadlineMs }: BatchPlan): boolean {
  return rowsMin !== undefined && deadlineMs !== undefined && deadlineMs < NEAR_MS;
}

/** A resumed run keeps the deadline of the first one. */
async function keepDeadlines(client: AiClient, needed: Needed): Promise<void> {
  for (const { id, deadlineAt = Infinity } of await recordsOf(client, needed)) {
    const stage = needed.get(id);
    if (stage?.deadlineAt !== undefined) stage.deadlineAt = Math.min(stage.deadlineAt, deadlineAt);
  }
}

interface Gathered {
  /** The batches that hold a request of this run. */
  readonly needed: Needed;
  /** Some requests are in none, because the budget has no room for them. */
  readonly full: Extract<BatchedRequest, { kind: 'full' }> | undefined;
  /** How many of each stage these are. */
  readonly fullRows: ReadonlyMap<BatchStage, number>;
  /** Events that fail before their requests, or for good. */
  readonly failures: Failures;
}

/** Writes the unanswered requests into batches. */
async function gathered(
  plan: RunPlan,
  client: AiClient,
  stages: BatchStages,
  { notice, ending }: BatchesTalk,
): Promise<Gathered> {
  const { ai, pipeline } = plan;
  const needed: Needed = new Map();
  let full: Gathered['full'];
  const fullRows = new Map<BatchStage, number>();
  const failures = collectFailures();
  if (ai === undefined) return { needed, full, fullRows, failures };
  const inLane = [...stages].filter(([, { lane }]) => lane !== 'live');
  const gatherings = new Map(
    inLane.map(([name, { plan: limits, deadlineAt }]) => [
      name,
      client.batches.gathering({ rowsMax: limits.rowsMax, deadlineAt }),
    ]),
  );
  const manner = callManner(ai);
  const calling = pipeline.stages.filter(isAiStage);
  const calls = gatheringCalls(client, manner, calling, (name) => {
    const [gathering, stage] = [gatherings.get(name), stages.get(name)];
    if (gathering === undefined || stage === undefined) return undefined;
    return async (request, context) => {
      const asked = await gathering.gather(request, context);
      if (asked.kind === 'waits') needed.set(asked.batch, stage);
      if (asked.kind === 'full') {
        full ??= asked;
        fullRows.set(stage, (fullRows.get(stage) ?? 0) + 1);
      }
      return asked;
    };
  });
  const { concurrency: mostAtOnce, window } = GATHERED_AT_ONCE;
  const concurrency = isMixed(calling, (name) => gatherings.has(name))
    ? (ai.concurrency ?? concurrencyFor(ai.config, providersOf(pipeline)))
    : mostAtOnce;
  const block: BlockOptions = { ...plan.block, pipeline };
  const executor = onThisThread({ ...block, calls, concurrency, window });
  const reading = new AbortController();
  const stop = (): void => reading.abort();
  ending.addEventListener('abort', stop);
  if (ending.aborted) stop();
  try {
    await passThrough({ plan, talk: { notice }, reading }, { executor, shape: singleLines }, failures);
  } finally {
    ending.removeEventListener('abort', stop);
    for (const gathering of gatherings.values()) await gathering.seal();
  }
  return { needed, full, fullRows, failures };
}

/**
 * @param held batches that are neither sent nor waited for
 * @returns how many batches still run when this run is to end
 * @throws JobError if their providers do not answer for too long; BatchRefusedError
 */
async function waitFor(
  client: AiClient,
  needed: Needed,
  held: ReadonlySet<string>,
  { notice, ending, progress }: BatchesTalk,
): Promise<number> {
  const { batches } = client;
  const only = new Set(needed.keys());
  const begun = realWorld.now();
  const isLate = ({ id }: BatchRecord): boolean => {
    const stage = needed.get(id);
    return stage !== undefined && isOver(stage);
  };
  const maySubmit = (record: BatchRecord): boolean => !ending.aborted && !held.has(record.id) && !isLate(record);
  const leave = async (why: string): Promise<readonly BatchRecord[]> => {
    await withdrawAll(client, only, why);
    const open = (await recordsOf(client, needed)).filter(isRunning);
    reportLeft(client, open, notice);
    return open;
  };
  const isAwaited = (record: BatchRecord): boolean => isRunning(record) && !held.has(record.id);
  let toldAt = begun;
  for (;;) {
    const before = (await recordsOf(client, needed)).filter(isAwaited);
    if (before.length === 0) return 0;
    if (ending.aborted) return (await leave('the run was stopped')).length;
    try {
      for (const record of before) if (isLate(record)) await batches.cancel(record.id);
      await batches.advance({ only, maySubmit });
    } catch (error) {
      if (error instanceof BatchRefusedError) await leave('another batch was refused');
      throw error;
    }
    const records = await recordsOf(client, needed);
    const open = records.filter(isAwaited);
    const silent = open.map((record) => batches.givenUp(record));
    const [failure] = silent;
    if (failure !== undefined && silent.every((one) => one !== undefined)) {
      const left = await leave('the provider does not answer');
      const some = left.length === 1 ? '1 batch is kept as it is' : `${left.length} batches are kept as they are`;
      const kept = left.length === 0 ? 'nothing was sent' : some;
      throw new JobError(`${failure}; ${kept}`, 'unavailable', AGAIN);
    }
    const now = realWorld.now();
    if (progress && now - toldAt >= TELL_EVERY_MS) {
      toldAt = now;
      const deadlines = [...needed.values()].flatMap(({ deadlineAt }) => deadlineAt ?? []);
      notice(progressText(records, deadlines.length === 0 ? undefined : Math.min(...deadlines)));
    }
    if (open.length === 0) return 0;
    const waited = now - Math.min(begun, ...open.map(({ submittedAt = now }) => submittedAt));
    await sleep(realWorld, pollInterval(waited), ending);
  }
}

/** Says why not all requests of the stages that send batches go at once; undefined if they do. */
async function tightText(
  client: AiClient,
  needed: Needed,
  fullRows: ReadonlyMap<BatchStage, number>,
): Promise<string | undefined> {
  const waiting = [...fullRows].reduce((sum, [{ lane }, count]) => (lane === 'batch' ? sum + count : sum), 0);
  if (waiting === 0) return undefined;
  const rows = (await recordsOf(client, needed)).reduce((sum, record) => sum + record.rows, 0);
  const batches = needed.size === 1 ? '1 batch' : `${needed.size} batches`;
  return `the budget has room for ${rows} requests, in ${batches}: ${waiting} more wait until these are answered and paid, and go in further batches, of which each may take hours; a larger budget or a smaller max_tokens makes fewer of them`;
}

function isRunning({ state }: BatchRecord): boolean {
  return state !== 'closed';
}

function progressText(records: readonly BatchRecord[], deadlineAt: number | undefined): string {
  const rows = records.reduce((sum, record) => sum + record.rows, 0);
  const done = records.reduce((sum, record) => sum + record.done, 0);
  const cost = records.reduce((sum, record) => sum + BigInt(record.cost ?? '0'), 0n);
  const [oldest] = records.filter(({ state }) => state !== 'closed');
  const since = oldest === undefined ? '' : `, the oldest batch since ${minuteText(oldest.createdAt)}`;
  const until = deadlineAt === undefined ? '' : `, deadline ${minuteText(deadlineAt)}`;
  return `${done} of ${rows} requests in batches are done${since}${until}, ${showAmount(cost)} so far`;
}

function reportLeft(client: AiClient, open: readonly BatchRecord[], notice: (message: string) => void): void {
  for (const record of open) {
    const { id, provider, remote, state } = record;
    const kept = client.batches.keptUntil(record);
    const unsent =
      state === 'submitting' ? `was perhaps taken by ${provider}, which the next run asks` : 'is of another run';
    const where =
      remote === undefined
        ? unsent
        : `runs on at ${provider} as ${remote}${kept === undefined ? '' : `; its results are kept until ${minuteText(kept)}`}`;
    notice(`batch ${id} (${contentText(record)}) ${where}`);
  }
}
