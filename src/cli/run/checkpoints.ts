import { CheckpointStore, nodeWorld } from '../../log/index.js';
import {
  CheckpointKeeper,
  parseCheckpoint,
  parseInputPlace,
  type InputPlace,
  type PipelineCheckpoint,
} from '../../pipeline/index.js';
import type { FileSink } from '../../sinks/index.js';
import type { ResumePlan } from './plan.js';

/** Soon enough that little is done twice, seldom enough that syncing costs nothing. */
const CHECKPOINT_INTERVAL_MS = 200;

/** The checkpoint of a run: where the last one stopped, and how this one keeps its own. */
export interface RunCheckpoints {
  readonly found: PipelineCheckpoint<InputPlace> | undefined;
  /** @param onFailure an output could not be synced, or the checkpoint not be stored */
  keep(files: readonly FileSink[], onFailure: (error: unknown) => void): CheckpointKeeper<InputPlace>;
}

/** @throws LogError when there is a checkpoint and it can't be read */
export async function openCheckpoints({ folder, name }: ResumePlan): Promise<RunCheckpoints> {
  const world = nodeWorld();
  const store = new CheckpointStore(world, folder);
  const found = parseCheckpoint((await store.get(name))?.value, parseInputPlace);
  return {
    found,
    keep: (files, onFailure) =>
      new CheckpointKeeper<InputPlace>({
        files,
        intervalMs: CHECKPOINT_INTERVAL_MS,
        wait: (ms, signal) => world.wait(ms, signal),
        store: (checkpoint) => store.put(name, checkpoint),
        onFailure,
      }),
  };
}
