import { existsSync } from 'node:fs';
import { nodeFileSystem } from '../../../files/index.js';
import { inStateFolder } from '../../state-folder.js';
import { JobError } from '../../job-error.js';
import type { RunPlan } from '../plan.js';
import { lockFolder, lockTargets } from './lock-targets.js';
import { RunStore } from './store.js';
import { outputPaths, targetsOf, type Target } from './targets.js';

/**
 * Has the outputs of a run that keeps no checkpoint for this process, and forgets the checkpoints of what it is about to write over.
 *
 * @returns lets others have the outputs again
 * @throws JobError when a checkpoint cannot be removed, or another run writes there now
 */
export async function forgetOutputs(plan: RunPlan): Promise<() => Promise<void>> {
  const { stateFolder } = plan;
  const targets = targetsOf(plan);
  // Where there is no lock, no run ever kept a checkpoint of the file.
  const known = targets.filter(({ path }) => existsSync(lockFolder(stateFolder, path)));
  const unlockKnown = await lockTargets(stateFolder, known);
  try {
    await inStateFolder(stateFolder, () => new RunStore(stateFolder).forget(outputPaths(known)));
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

/** Written anew, by one run at a time. Several may add to a file, or write to a device. */
function isItsOwn({ path, plan }: Target): boolean {
  return plan.mode === 'truncate' && nodeFileSystem.stat(path)?.kind !== 'other';
}

/** A run that keeps nothing in the state folder needs none: where no lock can be made, no other run can go on with the output either. */
async function lockIfPossible(stateFolder: string, targets: readonly Target[]): Promise<() => Promise<void>> {
  try {
    return await lockTargets(stateFolder, targets);
  } catch (error) {
    // Not what another run holds.
    if (!(error instanceof JobError) || error.kind !== 'failed') throw error;
    return () => Promise.resolve();
  }
}
