import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { nodeFileSystem } from '../../files/index.js';
import { SinkError } from '../../sinks/index.js';
import { holdTargets } from '../outputs/hold-targets.js';
import { filesOf } from '../outputs/target.js';
import type { RunPlan } from './plan.js';
import { refuseClashes } from './refuse-clashes.js';

/**
 * Refuses a run whose outputs it could not open, or not go on with, before it pays for what belongs into them. Changes nothing.
 *
 * @throws JobError, SinkError, SourceError
 */
export async function refuseOutputs(plan: RunPlan, signal: AbortSignal): Promise<void> {
  refuseClashes(plan);
  for (const { path, keyed } of filesOf(plan)) {
    try {
      refuseUnwritable(keyed?.folder ?? path, keyed !== undefined);
    } catch (error) {
      throw new SinkError(path, 'open', error);
    }
  }
  const { resume } = plan;
  const holdsLetters = resume !== undefined;
  const holds = await holdTargets(plan, { command: 'colloquium run', keepsNames: plan.follow, holdsLetters });
  try {
    if (resume === undefined) return;
    const { lookAtResumed } = await import('./resume/index.js');
    await lookAtResumed(plan, resume, signal);
  } finally {
    await holds.release();
  }
}

/** @throws the operating system's errors */
function refuseUnwritable(path: string, isFolder: boolean): void {
  const kind = nodeFileSystem.stat(path)?.kind;
  // Pipes and devices are opened once.
  if (kind === 'other') return;
  if (kind !== undefined && !isFolder) {
    closeSync(openSync(path, 'r+'));
    return;
  }
  let above = path;
  while (nodeFileSystem.stat(above) === undefined && dirname(above) !== above) above = dirname(above);
  accessSync(`${above}/.`, constants.W_OK);
}
