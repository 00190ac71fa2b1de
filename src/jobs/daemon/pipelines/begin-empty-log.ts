import type { KeyRing } from '../../../crypt/index.js';
import { comparePositions, LOG_START } from '../../../log/index.js';
import type { KnownState } from '../../../pipeline/index.js';
import { parseProcessingCheckpoint } from '../../../pipeline/log/index.js';
import { checkpointName, type DaemonCheckpoints } from '../../checkpoints.js';
import { JobError } from '../../job-error.js';
import { keptEvents } from '../../kept-state.js';
import type { ServePlan } from '../../serve-plan.js';
import { removeState, stateFolderOf } from '../../state-store.js';
import type { PipelinesOptions } from './context.js';
import { stateWayOut } from './state-talk.js';

/**
 * Resets the checkpoints if the log is empty: they refer to an earlier log, and every event that arrives in this one must be
 * processed, even one with an earlier time because the clock was ahead. Call this before the first event arrives.
 *
 * @throws JobError when stages still hold events whose time is in the future; LogError
 */
export async function beginEmptyLog(
  { pipelines, stateFolder }: Pick<ServePlan, 'pipelines' | 'stateFolder'>,
  store: DaemonCheckpoints,
  { log, world, talk }: Pick<PipelinesOptions, 'log' | 'world' | 'talk'>,
): Promise<void> {
  if (log.stats().bytes > 0) return;
  // Pipelines that are not in the config may be added again later.
  const names = new Set([...pipelines.map(({ spec }) => spec.name), ...(await store.pipelinesOf(log.folder))]);
  for (const pipeline of names) {
    const name = checkpointName(log.folder, pipeline);
    const found = parseProcessingCheckpoint((await store.get(name))?.value);
    if (found === undefined || comparePositions(found.place.position, log.end) <= 0) continue;
    const { state, ...known } = found;
    // Measured by the state's time, every new event would be too late.
    const isAhead = state !== undefined && found.place.timestamp > world.now();
    if (isAhead) await refuseLoss(pipeline, stateFolder, state, world.disk.keys);
    const place = { position: LOG_START, timestamp: 0 };
    await store.put(name, { ...(isAhead ? known : found), place });
    talk.warn('the log is empty, and not the one that was processed last: all that comes is processed', { pipeline });
    if (!isAhead) continue;
    removeState(stateFolder, state.folder);
    const message = 'what the stages knew of the events before is forgotten, because the clock was ahead then';
    talk.warn(message, { pipeline });
  }
}

/** @throws JobError */
async function refuseLoss(
  pipeline: string,
  stateFolder: string,
  state: KnownState,
  keys: KeyRing | undefined,
): Promise<void> {
  const events = await keptEvents(stateFolder, state, stateWayOut, keys);
  if (events === 0) return;
  const message =
    `pipeline ${pipeline}: the log is empty, and the stages still keep events of the one before, when the clock was ahead, ` +
    `that are in no output yet: ${events}`;
  const folder = stateFolderOf(stateFolder, state.folder);
  throw new JobError(
    message,
    'refused',
    `put the former log back until they are out, or remove ${folder} to lose them`,
  );
}
