import type { Metrics } from '../../server/index.js';
import type { SharedBooks } from '../ai/open-client.js';
import { hasAi, openEngines, type Engines } from '../engines.js';
import { SinkError } from '../../sinks/index.js';
import { EXIT } from '../exit-codes.js';
import type { Fleet } from '../fleet/fleet.js';
import { UserError } from '../user-error.js';
import { checkpointStore } from './checkpoints.js';
import { findLostCheckpoints } from './lost-checkpoints.js';
import { observationOf } from './plan-changes.js';
import type { ServePlan } from './plan.js';
import { Processing, type Pipelines, type ProcessingContext } from './processing.js';
import { tellAttempt } from './tell-events.js';
import { workingThreads } from './threads.js';

/**
 * Makes the pipelines of a plan ready to start: on the daemon's own log, or as a member of a fleet.
 *
 * @param meter told of every AI call
 * @throws ConfigError, ComputoError for a pipeline that can't be compiled; UserError for one that has lost its checkpoint, or whose
 *   output another process writes to; LogError
 */
export async function openPipelines(
  plan: ServePlan,
  context: ProcessingContext,
  meter: Metrics['ai'],
  fleet: Fleet | undefined,
): Promise<Pipelines> {
  if (fleet === undefined) {
    const store = checkpointStore(context.stateWorld, plan.stateFolder, plan.config.directory);
    await findLostCheckpoints(plan, store, context.log, context.talk);
  }
  const engines = await openDaemonEngines(plan, context, meter, fleet?.books);
  return await held(await processingOf(plan, engines, context, fleet));
}

async function processingOf(
  plan: ServePlan,
  engines: Engines,
  context: ProcessingContext,
  fleet: Fleet | undefined,
): Promise<Pipelines> {
  if (fleet === undefined) return new Processing(plan, engines, context);
  const { FleetProcessing } = await import('../fleet/fleet-processing.js');
  return FleetProcessing.open(plan, engines, context, fleet);
}

/** A daemon whose output another process writes to does not start. */
async function held(pipelines: Pipelines): Promise<Pipelines> {
  try {
    await pipelines.hold();
    return pipelines;
  } catch (error) {
    await pipelines.drain(0);
    throw error instanceof SinkError ? new UserError(error.message, EXIT.usage) : error;
  }
}

/** What works on the events of a daemon's pipelines, and tells and counts as a daemon does. @throws as {@link openPipelines} */
export function openDaemonEngines(
  plan: ServePlan,
  { talk }: Pick<ProcessingContext, 'talk'>,
  meter: Metrics['ai'],
  books?: SharedBooks,
): Promise<Engines> {
  const plain = plan.pipelines.filter((pipeline) => !hasAi(pipeline)).length;
  const workersEach = Math.ceil(plan.workers / Math.max(1, plain));
  return openEngines(
    {
      ...plan,
      live: false,
      plain: (block) => workingThreads({ ...block, observe: observationOf(plan.logging) }, workersEach),
      hooks: {
        ...meter.hooks,
        onAttempt(entry) {
          meter.hooks.onAttempt(entry);
          tellAttempt(talk, entry);
        },
      },
      books,
    },
    (message) => talk.warn(message),
  );
}
