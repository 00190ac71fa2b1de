import type { Metrics } from '../../../server/index.js';
import type { SharedBooks } from '../../ai/open-client.js';
import type { StagePlan } from '../../../config/index.js';
import { isAiStage, keepsState } from '../../../pipeline/index.js';
import { JobError } from '../../job-error.js';
import { hasAi, openEngines, type Engines } from '../../engines/engines.js';
import type { Fleet } from '../../fleet/fleet.js';
import { checkpointStore } from '../../checkpoints.js';
import { reportLeftBatches } from '../batch-lane/report-left-batches.js';
import { beginEmptyLog } from './begin-empty-log.js';
import { reportLeftBehind } from './left-behind.js';
import { findLostCheckpoints } from './lost-checkpoints.js';
import { observationOf } from '../plan-changes.js';
import type { ServePlan } from '../../serve-plan.js';
import type { PipelinesOptions } from './context.js';
import { Pipelines, type DaemonEngines } from './pipelines.js';
import { reportAttempt } from './report-events.js';
import { WorkingThreads } from './threads.js';

/**
 * Prepares the pipelines of a plan to start: on the daemon's own log, or as a member of a fleet.
 *
 * @param meter notified of every AI call
 * @throws ConfigError, ComputoError for a pipeline that can't be compiled; JobError for a pipeline that has lost its checkpoint,
 *   whose output another process writes to, or whose stages can't continue from their stored state; LogError
 */
export async function openPipelines(
  plan: ServePlan,
  context: PipelinesOptions,
  meter: Metrics['ai'],
  fleet: Fleet | undefined,
): Promise<Pipelines> {
  const store = checkpointStore(context.stateWorld, plan.stateFolder, plan.config.directory);
  await beginEmptyLog(plan, store, context);
  await reportLeftBehind(plan, store, context);
  if (plan.fleet === undefined) await findLostCheckpoints(plan, store, context.log, context.talk);
  if (plan.fleet !== undefined) refuseState(plan);
  refuseStateBeforeCalls(plan);
  // A member whose fleet is not available yet processes nothing.
  const isWaiting = plan.fleet !== undefined && fleet === undefined;
  const engines = await openDaemonEngines(isWaiting ? { ...plan, pipelines: [] } : plan, context, meter, fleet?.books);
  return await held(await Pipelines.open(plan, engines, context, fleet));
}

/** Refuses stages with state in a fleet, because any member processes its events, in any order. @throws JobError */
function refuseState({ pipelines }: ServePlan): void {
  for (const { spec } of pipelines) {
    const stage = spec.stages.find(keepsState);
    if (stage === undefined) continue;
    const message = `pipeline ${spec.name}: its stage ${stage.name} looks across events, and a member of a fleet sees only some of them`;
    throw new JobError(message, 'invalid', 'run this pipeline in a daemon of its own, without fleet.join and --join');
  }
}

/**
 * Refuses stages with state before AI stages: their state would be in the thread that also waits for answers, and be lost with
 * it. @throws JobError
 */
function refuseStateBeforeCalls({ pipelines }: ServePlan): void {
  for (const { spec } of pipelines) {
    const stage = hasAi({ spec }) ? spec.stages.find(keepsState) : undefined;
    if (stage === undefined) continue;
    const message = `pipeline ${spec.name}: serve has no ${stage.name} before an AI stage`;
    throw new JobError(message, 'invalid', 'run it over stored events with colloquium replay, or with colloquium run');
  }
}

/** Keeps other processes from the outputs; a daemon whose output another process writes to does not start. */
async function held(pipelines: Pipelines): Promise<Pipelines> {
  try {
    await pipelines.hold();
    return pipelines;
  } catch (error) {
    await pipelines.drain(0);
    throw error;
  }
}

/** While the daemon runs, a key may be renewed, a bill paid, or a gateway repaired. */
const PROBE_DOWN = { unnamedMs: 60_000, namedMs: 15 * 60_000 } as const;

/** Opens the engines of a daemon's pipelines, with its logging and metrics. @throws as {@link openPipelines} */
async function openDaemonEngines(
  plan: ServePlan,
  { talk, world, log, meter: pipelines }: Pick<PipelinesOptions, 'talk' | 'world' | 'log' | 'meter'>,
  meter: Metrics['ai'],
  books?: SharedBooks,
): Promise<DaemonEngines> {
  const plain = plan.pipelines.filter((pipeline) => !hasAi(pipeline)).length;
  const threads = new WorkingThreads({
    workers: Math.ceil(plan.workers / Math.max(1, plain)),
    eventTimeoutMs: plan.eventTimeoutMs,
    clock: world,
    onWorkerEnded: (pipeline, why) => pipelines.workerEnded(pipeline, why),
    onGivenUp: (pipeline, event, reason) => talk.error('an event was given up', { pipeline, event, reason }),
  });
  const engines = await openEngines(
    {
      ...plan,
      live: false,
      probeDown: PROBE_DOWN,
      plain: (block) => threads.open({ ...block, observe: observationOf(plan.logging) }),
      calling: (events) => threads.openCalling(events),
      hooks: {
        ...meter.hooks,
        onAttempt(entry, attributes) {
          meter.hooks.onAttempt(entry);
          // Batches are reported as a whole.
          if (entry.lane !== 'batch') reportAttempt(talk, entry, attributes);
        },
      },
      books,
    },
    (message) => talk.warn(message),
  );
  const keepers = await openKeepers(plan, engines, { talk, world, log });
  if (plan.fleet === undefined)
    await reportLeftBatches(plan, engines, keepers, (message, fields) => talk.warn(message, fields));
  return {
    ...engines,
    keepers,
    lateMs: (pipeline) => threads.lateMs(pipeline),
    async abort() {
      await threads.abortCalls();
      return await engines.abort();
    },
  };
}

/** Opens what sends requests in batches, for pipelines that send some, and those that have some out. */
async function openKeepers(
  { pipelines, config, fleet }: ServePlan,
  engines: Engines,
  { talk, world, log }: Pick<PipelinesOptions, 'talk' | 'world' | 'log'>,
): Promise<DaemonEngines['keepers']> {
  const { ai } = engines;
  if (ai === undefined || fleet !== undefined) return new Map();
  const out = new Set<string>();
  for await (const { pipeline } of ai.batches.out()) out.add(pipeline);
  const keeping = pipelines.filter(({ spec }) => out.has(spec.name) || spec.stages.some(sendsBatches));
  if (keeping.length === 0) return new Map();
  const [{ BatchKeeper }, { callManner }] = await Promise.all([
    import('../batch-lane/batch-keeper.js'),
    import('../../ai/ai-engines.js'),
  ]);
  const common = { client: ai, manner: callManner({ config, live: false }), log, world };
  return new Map(
    keeping.map((plan) => {
      const { name: pipeline } = plan.spec;
      const keeper = new BatchKeeper({
        ...common,
        plan,
        open: (one, calls) => engines.openWith(one, calls),
        notice: (message) => talk.info(message, { pipeline }),
        warn: (message) => talk.warn(message, { pipeline }),
      });
      return [pipeline, keeper];
    }),
  );
}

function sendsBatches(stage: StagePlan): boolean {
  return isAiStage(stage) && stage.batch !== undefined;
}
