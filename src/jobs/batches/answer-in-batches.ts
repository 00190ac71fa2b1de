import { amountOf, BatchRefusedError, realWorld, type AiClient, type BatchRecord } from '../../ai/index.js';
import { showAmount } from '../../ai/money/index.js';
import { isAiStage, singleLines, type AiCalls, type BlockOptions } from '../../pipeline/index.js';
import { sleep } from '../../world/index.js';
import { callManner, onThisThread } from '../ai/ai-engines.js';
import { callsThat, contextOf, outcomeOf } from '../ai/ai-calls.js';
import { openAi } from '../ai/open-client.js';
import { AWAITED } from '../forecast/awaited.js';
import { collectFailures } from '../forecast/failures.js';
import { passThrough } from '../forecast/pass-through.js';
import { JobError } from '../job-error.js';
import { enginePipeline } from '../run/engines.js';
import type { RunPlan } from '../run/plan.js';

/** The number of requests that are written and recorded at a time. */
const CONCURRENCY = 128;
const WINDOW = 512;

/** The interval between two checks: a fraction of the time waited so far, within bounds. Milliseconds. */
const LOOKS_PER_WAIT = 20;
const LOOK_MS_MIN = 250;
const LOOK_MS_MAX = 60_000;
const TELL_EVERY_MS = 60_000;

export interface BatchesOutcome {
  /** The number of batches that are left running because the run was to end; 0: the answers are in the journal. */
  readonly left: number;
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
 * answered. A pipeline whose second AI stage needs the answers of the first takes one round per stage.
 *
 * @throws JobError if a provider refuses; SourceError, ConfigError, ComputoError
 */
export async function answerInBatches(planned: RunPlan, talk: BatchesTalk): Promise<BatchesOutcome> {
  const { ai } = planned;
  if (ai?.batches === undefined) return { left: 0 };
  const plan: RunPlan = {
    ...planned,
    pipeline: { ...planned.pipeline, onError: { kind: 'dead_letter' } },
    block: { ...planned.block, strict: false, rawMax: 0 },
  };
  const client = await openAi({ ...ai, pipelines: [enginePipeline(plan)] }, talk.notice);
  try {
    await refuseStrays(client);
    return await inRounds(plan, ai.batches, client, talk);
  } catch (error) {
    if (!(error instanceof BatchRefusedError)) throw error;
    throw new JobError(error.message, 'unavailable', `mend that and ${AGAIN}`);
  } finally {
    await client.close();
  }
}

const AGAIN = 'run the same command again; without --lane batch, requests go live';

/** @throws JobError if requests may be in a batch that this run can't ask for, because they would be paid for twice */
async function refuseStrays({ batches }: AiClient): Promise<void> {
  // They are told of by name already.
  const { done } = await batches.strays()[Symbol.asyncIterator]().next();
  if (done !== true)
    throw new JobError(
      'requests of this run may be in a batch that it cannot fetch',
      'invalid',
      'put the provider back as it was until that is fetched, or give it up: colloquium journal batches --forget ID',
    );
}

async function inRounds(
  plan: RunPlan,
  { deadlineMs, rowsMax }: NonNullable<NonNullable<RunPlan['ai']>['batches']>,
  client: AiClient,
  talk: BatchesTalk,
): Promise<BatchesOutcome> {
  const { ending } = talk;
  let deadlineAt = deadlineMs === undefined ? undefined : realWorld.now() + deadlineMs;
  for (;;) {
    await client.batches.upkeep();
    const needed = await gathered(plan, client, { rowsMax, deadlineAt }, talk);
    if (needed.size === 0 && !ending.aborted) return { left: 0 };
    // A resumed run keeps the deadline of the first one.
    const since = await earliestDeadline(client, needed);
    if (deadlineMs !== undefined && since !== undefined && (deadlineAt === undefined || since < deadlineAt))
      deadlineAt = since;
    const left = await waitFor(client, needed, deadlineAt, talk);
    if (left > 0 || ending.aborted) return { left };
    if (deadlineAt !== undefined && realWorld.now() >= deadlineAt) {
      talk.notice('the deadline is reached: what has no answer is asked live');
      return { left: 0 };
    }
  }
}

/** Writes the unanswered requests into batches. @returns the batches that hold a request of this run */
async function gathered(
  plan: RunPlan,
  client: AiClient,
  limits: Parameters<AiClient['batches']['gathering']>[0],
  { notice, ending }: BatchesTalk,
): Promise<ReadonlySet<string>> {
  const { ai, pipeline } = plan;
  if (ai === undefined) return new Set();
  const gathering = client.batches.gathering(limits);
  const needed = new Set<string>();
  const manner = callManner(ai);
  const last = pipeline.stages.findLast(isAiStage);
  const calls: AiCalls = callsThat(manner.readPart, async (request, stage, event) => {
    const context = { ...contextOf(stage, event), inDoubt: stage.inDoubt ?? manner.inDoubt };
    const { kind, ...more } = await gathering.gather(request, context);
    if (kind === 'waits' && 'batch' in more) needed.add(more.batch);
    // What stands behind the last one is asked for when it runs.
    if (kind !== 'none' || stage.name === last?.name) return WAITS;
    return outcomeOf(await client.call(request, context));
  });
  const block: BlockOptions = { ...plan.block, pipeline };
  const executor = onThisThread({ ...block, calls, concurrency: CONCURRENCY, window: WINDOW });
  const reading = new AbortController();
  const stop = (): void => reading.abort();
  ending.addEventListener('abort', stop);
  if (ending.aborted) stop();
  try {
    await passThrough({ plan, talk: { notice }, reading }, { executor, shape: singleLines }, collectFailures());
  } finally {
    ending.removeEventListener('abort', stop);
    await gathering.seal();
  }
  return needed;
}

const WAITS = { kind: 'failed', code: AWAITED, message: 'the answer is not there yet' } as const;

async function earliestDeadline(client: AiClient, needed: ReadonlySet<string>): Promise<number | undefined> {
  const times = (await recordsOf(client, needed)).flatMap(({ deadlineAt }) => deadlineAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * @returns how many batches still run when this run is to end
 * @throws JobError if their providers do not answer for too long; BatchRefusedError
 */
async function waitFor(
  client: AiClient,
  needed: ReadonlySet<string>,
  deadlineAt: number | undefined,
  { notice, ending, progress }: BatchesTalk,
): Promise<number> {
  const { batches } = client;
  const begun = realWorld.now();
  const isOver = (): boolean => deadlineAt !== undefined && realWorld.now() >= deadlineAt;
  const leave = async (why: string): Promise<readonly BatchRecord[]> => {
    for (const id of needed) await batches.withdraw(id, `not sent: ${why}`);
    const open = (await recordsOf(client, needed)).filter(isRunning);
    tellLeft(client, open, notice);
    return open;
  };
  let toldAt = begun;
  for (;;) {
    const before = (await recordsOf(client, needed)).filter(isRunning);
    if (before.length === 0) return 0;
    if (ending.aborted) return (await leave('the run was stopped')).length;
    try {
      if (isOver()) for (const { id } of before) await batches.cancel(id);
      await batches.advance({ only: needed, maySubmit: () => !ending.aborted && !isOver() });
    } catch (error) {
      if (error instanceof BatchRefusedError) await leave('another batch was refused');
      throw error;
    }
    const records = await recordsOf(client, needed);
    const open = records.filter(isRunning);
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
      notice(progressText(records, deadlineAt));
    }
    if (open.length === 0) return 0;
    const waited = now - Math.min(begun, ...open.map(({ submittedAt = now }) => submittedAt));
    await sleep(realWorld, Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, waited / LOOKS_PER_WAIT)), ending);
  }
}

async function recordsOf({ batches }: AiClient, ids: ReadonlySet<string>): Promise<readonly BatchRecord[]> {
  const records: BatchRecord[] = [];
  for await (const record of batches.records()) if (ids.has(record.id)) records.push(record);
  return records;
}

function isRunning({ state }: BatchRecord): boolean {
  return state !== 'closed';
}

function progressText(records: readonly BatchRecord[], deadlineAt: number | undefined): string {
  const rows = records.reduce((sum, record) => sum + record.rows, 0);
  const done = records.reduce((sum, record) => sum + record.done, 0);
  const cost = records.reduce((sum, record) => sum + BigInt(record.cost ?? '0'), 0n);
  const [oldest] = records.filter(({ state }) => state !== 'closed');
  const since = oldest === undefined ? '' : `, the oldest batch since ${at(oldest.createdAt)}`;
  const until = deadlineAt === undefined ? '' : `, deadline ${at(deadlineAt)}`;
  return `${done} of ${rows} requests in batches are done${since}${until}, ${showAmount(cost)} so far`;
}

function tellLeft(client: AiClient, open: readonly BatchRecord[], notice: (message: string) => void): void {
  for (const record of open) {
    const { id, rows, provider, remote, state } = record;
    const kept = client.batches.keptUntil(record);
    const price = amountOf(record.worst);
    const most = price === null ? '' : `, at most ${showAmount(price)}`;
    const unsent =
      state === 'submitting' ? `was perhaps taken by ${provider}, which the next run asks` : 'is of another run';
    const where =
      remote === undefined
        ? unsent
        : `runs on at ${provider} as ${remote}${kept === undefined ? '' : `; its results are kept until ${at(kept)}`}`;
    notice(`batch ${id} (${rows} requests${most}) ${where}`);
  }
}

function at(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
