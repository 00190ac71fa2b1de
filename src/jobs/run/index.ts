/** A run: sends events from files or a pipe through one pipeline. */
export {
  run,
  type FinishedBefore,
  type InputSize,
  type ProgressReporter,
  type ProgressTalk,
  type RunOutcome,
} from './run.js';
export type { AiRun, OwnFile, ResumePlan, RunPlan, ThreadPlan } from './plan.js';
export { OutputChangedError } from './look-at-outputs.js';
