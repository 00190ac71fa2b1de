import { fstatSync } from 'node:fs';
import { leadsInto, leadToSame, nodeFileSystem } from '../../files/index.js';
import { JobError } from '../job-error.js';
import { filesOf, isStdout } from '../outputs/target.js';
import type { RunPlan } from './plan.js';

const [STDIN, STDOUT, STDERR] = [0, 1, 2];

/**
 * Refuses a run that would write into what it reads, or into one file by two ways. Changes nothing.
 *
 * @throws JobError
 */
export function refuseClashes(plan: RunPlan): void {
  const { inputs, outputs, deadLetters, ownFiles, stateFolder } = plan;
  const paths = filesOf(plan).map(({ path }) => path);
  for (const [index, path] of paths.entries()) {
    const own = ownFiles.find((file) => isSameFile(file.path, path))?.what;
    const kept = leadsInto(path, stateFolder) ? `a file of the state folder ${stateFolder}` : undefined;
    const what = own ?? kept;
    if (what !== undefined) throw new JobError(`${path} is ${what}`, 'refused', 'write to another file');
    if (inputs.some((input) => isSameFile(input, path))) {
      throw new JobError(`${path} is both input and output`, 'refused', 'write to another file, then rename it');
    }
    if (paths.slice(0, index).some((other) => isSameFile(other, path))) {
      throw new JobError(`${path} would be written by two outputs`, 'refused', 'give each of them a file of its own');
    }
  }
  const streams = [
    ...(outputs.some(isStdout) ? ([['stdout', STDOUT]] as const) : []),
    ...(deadLetters.kind === 'stderr' ? ([['stderr', STDERR]] as const) : []),
  ];
  for (const [name, fd] of streams) {
    const into = inputs.find((input) => isSameNode(nodeOf(input), nodeOfDescriptor(fd)));
    if (into !== undefined) {
      const message = `${into === '-' ? 'stdin' : into} is input, and ${name} is redirected into it`;
      throw new JobError(message, 'refused', 'write to another file, then rename it');
    }
  }
}

/** Whether an input and an output are one file, or two outputs; `-` is what stdin was redirected from. */
function isSameFile(one: string, output: string): boolean {
  if (nodeFileSystem.stat(output)?.kind === 'other') return false;
  return one === '-' ? isSameNode(nodeOf(one), nodeOf(output)) : leadToSame(one, output);
}

function isSameNode(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one === other;
}

/** Undefined for what is not a file: devices and pipes can be shared. */
function nodeOf(name: string): string | undefined {
  if (name === '-') return nodeOfDescriptor(STDIN);
  const stats = nodeFileSystem.stat(name);
  return stats?.kind === 'file' ? stats.node : undefined;
}

function nodeOfDescriptor(fd: number): string | undefined {
  return fstatSync(fd).isFile() ? nodeFileSystem.fstat(fd).node : undefined;
}
