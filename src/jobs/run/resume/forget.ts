import { existsSync } from 'node:fs';
import { nodeFileSystem } from '../../../files/index.js';
import { inStateFolder } from '../../state-folder.js';
import { JobError } from '../../job-error.js';
import type { RunPlan } from '../plan.js';
import { lockFolder, lockTargets } from './lock-targets.js';
import { RunStore } from './store.js';
import { outputPaths, targetsOf, type Target } from './targets.js';

/**
 * Locks the outputs of a run that keeps no checkpoint, and removes the checkpoints of the files that the run is about to
 * overwrite.
 *
 * @returns a function that releases the outputs
 * @throws JobError when a checkpoint can't be removed, or another run is writing to an output
 */
export async function forgetOutputs(plan: RunPlan): Promise<() => Promise<void>> {
  const { stateFolder } = plan;
  const targets = targetsOf(plan);
  // Without a lock folder, no run ever kept a checkpoint of the file.
  const known = targets.filter(({ path }) => existsSync(lockFolder(stateFolder, path)));
  const unlockKnown = await lockTargets(stateFolder, known);
  try {
    await inStateFolder(stateFolder, () => new RunStore(stateFolder, plan.keys).forget(outputPaths(known)));
    const unlockNew = await lockIfPossible(stateFolder, targets.filter((one) => !known.includes(one)).filter(isItsOwn));
    return async () => {
      await unlockNew();
      await unlockKnown();
    };
  } catch (error) {
    await unlockKnown();
    throw error;
  }
}

/** Whether a file is recreated, which only one run at a time may do. Several may append to a file, or write to a device. */
function isItsOwn({ path, plan }: Target): boolean {
  return plan.mode === 'truncate' && nodeFileSystem.stat(path)?.kind !== 'other';
}

/**
 * A run that keeps nothing in the state folder can do without a lock: if none can be created, no other run can resume this output
 * either.
 */
async function lockIfPossible(stateFolder: string, targets: readonly Target[]): Promise<() => Promise<void>> {
  try {
    return await lockTargets(stateFolder, targets);
  } catch (error) {
    // An output that another run holds is still refused.
    if (!(error instanceof JobError) || error.kind !== 'failed') throw error;
    return () => Promise.resolve();
  }
}
