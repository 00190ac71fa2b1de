import { resolvePath } from '../../../files/index.js';
import type { FileTarget, Targets } from '../../outputs/target.js';
import type { FileRecord } from './checkpoint.js';

/** A file that the run writes to, and what it leads to. */
export interface Target extends Pick<FileRecord, 'path' | 'role'> {
  readonly plan: FileTarget;
}

/** The outputs in their order, then the file of the dead letters. @throws the operating system's errors */
export function targetsOf({ outputs, deadLetters }: Targets): readonly Target[] {
  const files = outputs.flatMap((plan) => (plan.kind === 'file' ? [target(plan, 'output')] : []));
  return deadLetters.kind === 'file' ? [...files, target(deadLetters, 'dead-letters')] : files;
}

function target(plan: FileTarget, role: Target['role']): Target {
  return { plan, role, path: resolvePath(plan.path) };
}

export function outputPaths(targets: readonly Target[]): readonly string[] {
  return targets.flatMap(({ role, path }) => (role === 'output' ? [path] : []));
}
