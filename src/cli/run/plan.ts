import type { ScriptPlan } from '../../config/index.js';
import type { Diagnostic } from '../../config/diagnostic/index.js';
import type { ScriptSource } from '../../config/script/index.js';
import type { RunPlan } from '../../jobs/run/index.js';

/** What `run` is to do, and what it reports. */
export interface RunCommand extends RunPlan {
  /** The scripts as written in their files, by plan, if their calls are to be traced. */
  readonly traced?: ReadonlyMap<ScriptPlan, ScriptSource>;
  /** Set for a dry run: nothing is written, and only this many rows are sent. */
  readonly dryRun?: { readonly sample: number };
  /** Warnings about its scripts, printed before it starts. */
  readonly warnings: readonly Diagnostic[];
  /** Other hints that are printed. */
  readonly hints: readonly string[];
  readonly stats: 'text' | 'json' | 'none';
  readonly progress: boolean;
}
