import { existsSync } from 'node:fs';
import { inStateFolder } from '../../state-folder.js';
import type { RunPlan } from '../plan.js';
import { lockFolder, lockTargets } from './lock-targets.js';
import { RunStore } from './store.js';
import { outputPaths, targetsOf } from './targets.js';

/**
 * Forgets the checkpoints of what a run is about to write over.
 *
 * @returns lets others have the outputs again
 * @throws UserError when one cannot be removed, or another run writes there now
 */
export async function forgetOutputs(plan: RunPlan): Promise<() => Promise<void>> {
  // Most files were never written with a checkpoint: they cost a look, and no lock.
  const targets = targetsOf(plan).filter(({ path }) => existsSync(lockFolder(plan.stateFolder, path)));
  const unlock = await lockTargets(plan.stateFolder, targets);
  try {
    await inStateFolder(plan.stateFolder, () => new RunStore(plan.stateFolder).forget(outputPaths(targets)));
    return unlock;
  } catch (error) {
    await unlock();
    throw error;
  }
}
