import { join } from 'node:path';
import { CheckpointStore, type World } from '../../log/index.js';

/** Under which name a pipeline's checkpoint over a log is kept. */
export function checkpointName(logFolder: string, pipeline: string): string {
  return `${pipeline} of ${logFolder}`;
}

/** Where the daemon keeps its checkpoints. */
export function checkpointStore(world: World, stateFolder: string): CheckpointStore {
  return new CheckpointStore(world, join(stateFolder, 'checkpoints'));
}
