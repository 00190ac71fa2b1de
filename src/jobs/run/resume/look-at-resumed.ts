import type { ResumePlan, RunPlan } from '../plan.js';
import { decided } from './decided.js';
import { givenInputs } from './given-input.js';
import { lockTargets } from './lock-targets.js';
import { RunStore } from './store.js';
import { targetsOf } from './targets.js';

/**
 * Finds out whether a run can go on where an earlier one stopped, long before it does.
 *
 * @throws JobError when it can't, or the state folder can't be used; SourceError
 */
export async function lookAtResumed(plan: RunPlan, resume: ResumePlan, signal: AbortSignal): Promise<void> {
  const given = givenInputs(plan);
  const targets = targetsOf(plan);
  const release = await lockTargets(plan.stateFolder, targets);
  try {
    const store = new RunStore(plan.stateFolder, plan.keys);
    const { decision } = await decided({ plan, resume, given, targets }, store, signal);
    for (const { reader } of decision.starts) await reader?.close();
  } finally {
    await release();
  }
}
