import { existsSync } from 'node:fs';
import { nodeFileSystem } from '../../../files/index.js';
import { inStateFolder } from '../../state-folder.js';
import { JobError } from '../../job-error.js';
import type { RunPlan } from '../plan.js';
import { lockFolder, lockTargets } from './lock-targets.js';
import { RunStore } from './store.js';
import { outputPaths, targetsOf, type Target } from './targets.js';

/** The outputs of a run that keeps no checkpoint, locked. */
export interface LockedOutputs {
  /**
   * Removes the checkpoints of earlier runs, once. Call this before the first write, and not earlier: a run that is refused
   * changes nothing.
   *
   * @throws JobError when a checkpoint can't be removed
   */
  forget(): Promise<void>;
  /** Releases the outputs for others. */
  release(): Promise<void>;
}

/**
 * Locks the outputs of a run that keeps no checkpoint. Removes no checkpoint yet.
 *
 * @throws JobError when the state folder can't be used, or another run is writing to an output
 */
export async function lockOutputs(plan: RunPlan): Promise<LockedOutputs> {
  const { stateFolder } = plan;
  const targets = targetsOf(plan);
  // Without a lock folder, no run ever kept a checkpoint of the file.
  const known = targets.filter(({ path }) => existsSync(lockFolder(stateFolder, path)));
  const unlockKnown = await lockTargets(stateFolder, known);
  try {
    const unlockNew = await lockIfPossible(stateFolder, targets.filter((one) => !known.includes(one)).filter(isItsOwn));
    const store = new RunStore(stateFolder, plan.keys);
    let forgotten: Promise<void> | undefined;
    return {
      forget: () => (forgotten ??= inStateFolder(stateFolder, () => store.forget(outputPaths(known)))),
      async release() {
        await unlockNew();
        await unlockKnown();
      },
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
