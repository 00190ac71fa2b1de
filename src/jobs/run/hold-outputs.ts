import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, nodeFileSystem } from '../../files/index.js';
import { SinkError } from '../../sinks/index.js';
import { holdTargets, type TargetHolds } from '../outputs/hold-targets.js';
import { filesOf, type FileTarget } from '../outputs/target.js';
import type { RunPlan } from './plan.js';
import { refuseClashes } from './refuse-clashes.js';

/**
 * Locks the outputs of a run that pays for what belongs into them before it opens them, and refuses one that could not open them, or
 * not go on with them. Creates missing folders, and changes nothing else.
 *
 * @returns the locks, to be released when the run has ended
 * @throws JobError, SinkError, SourceError
 */
export async function holdOutputs(plan: RunPlan, signal: AbortSignal): Promise<Pick<TargetHolds, 'release'>> {
  refuseClashes(plan);
  const files = filesOf(plan);
  for (const { path, keyed } of files) {
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
    if (resume !== undefined) {
      const { lookAtResumed } = await import('./resume/index.js');
      await lookAtResumed(plan, resume, signal);
    }
    for (const file of files) await holdInFolder(file, holds);
    return holds;
  } catch (error) {
    await holds.release();
    throw error;
  }
}

/** The name of a missing file is locked in its folder, which has to exist for that. */
async function holdInFolder(file: FileTarget, holds: TargetHolds): Promise<void> {
  const folder = file.keyed?.folder ?? dirname(file.path);
  if (nodeFileSystem.stat(folder) !== undefined) return;
  try {
    makeFolder(folder);
  } catch (error) {
    throw new SinkError(file.path, 'open', error);
  }
  await holds.of(file)?.take();
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
