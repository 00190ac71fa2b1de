import { fstatSync } from 'node:fs';
import { leadsInto, leadToSame, Manifest, nodeFileSystem, resolvePath } from '../../files/index.js';
import { canBeOne, canLeadInto } from '../../files/names/index.js';
import { JobError } from '../job-error.js';
import { filesOf, isStdout, keepsParts, type FileTarget } from '../outputs/target.js';
import { refuseStrangePartsOf } from './own-parts.js';
import type { RunPlan } from './plan.js';

const [STDIN, STDOUT, STDERR] = [0, 1, 2];

/**
 * Refuses a run that would write to a file that it reads, or to one file in two ways. Changes nothing.
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
  refuseKeyedClashes(plan);
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

/** For an output that has a file per key, any of its possible files may be one that is read, or that another output writes. */
function refuseKeyedClashes(plan: RunPlan): void {
  const files = filesOf(plan);
  for (const [index, { path, keyed }] of files.entries()) {
    const template = keyed && { ...keyed, folder: resolvePath(keyed.folder) };
    const clashes = (other: string): boolean => template !== undefined && canBeOne(resolvePath(other), template);
    if (template !== undefined && canLeadInto(template, resolvePath(plan.stateFolder))) {
      const message = `${path} has a file per key, and one could be a file of the state folder ${plan.stateFolder}`;
      throw new JobError(message, 'refused', 'write to another folder');
    }
    const input = plan.inputs.find((one) => one !== '-' && clashes(one));
    const own = plan.ownFiles.find((one) => clashes(one.path));
    const output = files.find(
      (other, at) =>
        at !== index &&
        template !== undefined &&
        (other.keyed === undefined
          ? clashes(other.path)
          : canBeOne({ ...other.keyed, folder: resolvePath(other.keyed.folder) }, template)),
    );
    const what = own?.what ?? (input === undefined ? undefined : 'an input') ?? (output && 'another output');
    const which = own?.path ?? input ?? output?.path;
    if (what === undefined) continue;
    const message = `${path} has a file per key, and ${which ?? ''}, ${what}, could be one of them`;
    throw new JobError(message, 'refused', 'write to another folder, or to names that begin or end otherwise');
  }
}

/**
 * Refuses to create a file of an output with many files if that file is an input, or has unknown parts.
 *
 * @throws JobError
 */
export function refuseBegun(plan: RunPlan, file: FileTarget): void {
  const node = nodeFileSystem.stat(file.path)?.node;
  if (plan.inputs.some((input) => isSameNode(nodeOf(input), node))) {
    throw new JobError(`${file.path} is both input and output`, 'refused', 'write to another folder');
  }
  const { stateFolder } = file.keeping;
  const mayHaveParts =
    keepsParts(file.keeping) || (stateFolder !== undefined && Manifest.isThere(stateFolder, file.path));
  if (mayHaveParts) refuseStrangePartsOf(file, plan);
}

/** Whether an input and an output, or two outputs, are the same file; `-` is the file that stdin was redirected from. */
function isSameFile(one: string, output: string): boolean {
  if (nodeFileSystem.stat(output)?.kind === 'other') return false;
  return one === '-' ? isSameNode(nodeOf(one), nodeOf(output)) : leadToSame(one, output);
}

function isSameNode(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one === other;
}

/** Undefined for anything but a file: devices and pipes can be shared. */
function nodeOf(name: string): string | undefined {
  if (name === '-') return nodeOfDescriptor(STDIN);
  const stats = nodeFileSystem.stat(name);
  return stats?.kind === 'file' ? stats.node : undefined;
}

function nodeOfDescriptor(fd: number): string | undefined {
  return fstatSync(fd).isFile() ? nodeFileSystem.fstat(fd).node : undefined;
}
