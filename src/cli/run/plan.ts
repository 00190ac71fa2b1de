import type { ScriptPlan } from '../../config/index.js';
import type { Diagnostic } from '../../config/diagnostic/index.js';
import type { ScriptSource } from '../../config/script/index.js';
import type { RunPlan } from '../../jobs/run/index.js';

/** What `run` is to do, and how it speaks of it. */
export interface RunCommand extends RunPlan {
  /** The scripts as they stand in their files, by how they are run, when their calls are to be told. */
  readonly traced?: ReadonlyMap<ScriptPlan, ScriptSource>;
  /** Nothing is written, and nothing sent but so many rows; absent: it is for real. */
  readonly dryRun?: { readonly sample: number };
  /** What is told of its scripts before it begins. */
  readonly warnings: readonly Diagnostic[];
  /** What is told besides. */
  readonly hints: readonly string[];
  readonly stats: 'text' | 'json';
  readonly progress: boolean;
}
