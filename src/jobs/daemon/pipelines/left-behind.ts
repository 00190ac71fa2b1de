import { parseProcessingCheckpoint } from '../../../pipeline/log/index.js';
import { checkpointName, type DaemonCheckpoints } from '../../checkpoints.js';
import { JobError } from '../../job-error.js';
import { keptEvents } from '../../kept-state.js';
import type { ServePlan } from '../../serve-plan.js';
import { stateFolderOf } from '../../state-store.js';
import type { PipelinesOptions } from './context.js';
import { stateWayOut } from './state-talk.js';

/** Reports pipelines that were renamed or removed while their stages held events. @throws LogError for a damaged checkpoint */
export async function reportLeftBehind(
  { pipelines, stateFolder }: Pick<ServePlan, 'pipelines' | 'stateFolder'>,
  store: DaemonCheckpoints,
  { log, world, talk }: Pick<PipelinesOptions, 'log' | 'world' | 'talk'>,
): Promise<void> {
  for (const pipeline of await store.pipelinesOf(log.folder)) {
    if (pipelines.some(({ spec }) => spec.name === pipeline)) continue;
    const found = await store.get(checkpointName(log.folder, pipeline));
    const state = parseProcessingCheckpoint(found?.value)?.state;
    if (state === undefined) continue;
    const folder = stateFolderOf(stateFolder, state.folder);
    try {
      const events = await keptEvents(stateFolder, state, stateWayOut, world.disk.keys);
      if (events === 0) continue;
      const message =
        'a pipeline that is not in the config any more still keeps events that are in no output yet: ' +
        'put it back until they are out, or remove the folder to lose them';
      talk.warn(message, { pipeline, events, folder });
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      const message = 'whether a pipeline that is not in the config any more still keeps events is not known';
      talk.warn(message, { pipeline, error: error.message, hint: error.hint });
    }
  }
}
