import { fstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { leadsInto, leadToSame, makeFolder, nodeFileSystem } from '../../files/index.js';
import {
  fileSink,
  gzipSink,
  heldFileSink,
  SinkError,
  type FileSink,
  type FileSinkOptions,
  type Sink,
} from '../../sinks/index.js';
import { openStream } from '../../sinks/kinds/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import type { OutputHolds } from './hold-outputs.js';
import { isStdout, type FileOutput, type RunPlan } from './plan.js';
import { stderrSink } from '../stderr-sink.js';

const [STDIN, STDOUT, STDERR] = [0, 1, 2];

/** What a run writes to, open. */
export interface OpenOutputs {
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
  /** Those among them that are files: the outputs in their order, then that of the dead letters. */
  readonly files: readonly FileSink[];
}

/**
 * Refuses a run that would write into what it reads, or into one file by two ways. Changes nothing.
 *
 * @throws UserError
 */
export function refuseClashes({ inputs, outputs, deadLetters, ownFiles, stateFolder }: RunPlan): void {
  const paths = [...outputs, deadLetters].flatMap((output) => (output.kind === 'file' ? [output.path] : []));
  for (const [index, path] of paths.entries()) {
    const own = ownFiles.find((file) => isSameFile(file.path, path))?.what;
    const kept = leadsInto(path, stateFolder) ? `a file of the state folder ${stateFolder}` : undefined;
    const what = own ?? kept;
    if (what !== undefined) throw new UserError(`${path} is ${what}`, EXIT.usage, 'write to another file');
    if (inputs.some((input) => isSameFile(input, path))) {
      throw new UserError(`${path} is both input and output`, EXIT.usage, 'write to another file, then rename it');
    }
    if (paths.slice(0, index).some((other) => isSameFile(other, path))) {
      throw new UserError(`${path} would be written by two outputs`, EXIT.usage, 'give each of them a file of its own');
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
      throw new UserError(message, EXIT.usage, 'write to another file, then rename it');
    }
  }
}

/**
 * Opens what the plan writes to. Called last before the first event, so that a mistake elsewhere empties no file.
 *
 * @param holds keep others from them
 * @param modes how the files are opened, in their order; default: as they are planned
 * @throws SinkError
 */
export async function openOutputs(
  plan: RunPlan,
  holds: OutputHolds,
  modes?: readonly FileSinkOptions['mode'][],
): Promise<OpenOutputs> {
  const files: FileSink[] = [];
  const openPlain = async (output: FileOutput): Promise<Sink> => {
    const hold = holds.of(output);
    const mode = modes?.[files.length] ?? output.mode;
    const sink = await openFile(output, { checkpointed: modes !== undefined, mode, ...(hold && { hold }) });
    files.push(sink);
    return sink;
  };
  const outputs: Sink[] = [];
  for (const [index, output] of plan.outputs.entries()) {
    const place = { pipeline: plan.pipeline.name, index };
    outputs.push(output.kind === 'file' ? await openPlain(output) : openStream(output.output, place));
  }
  const deadLetters = plan.deadLetters.kind === 'stderr' ? stderrSink() : await openPlain(plan.deadLetters);
  return { outputs, deadLetters, files };
}

async function openFile(
  { path, keeping, packs }: FileOutput,
  how: Pick<FileSinkOptions, 'checkpointed' | 'mode' | 'hold'>,
): Promise<FileSink> {
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw new SinkError(path, 'open', error);
  }
  const options = { ...keeping, ...how, waits: true };
  const { hold } = how;
  const open = packs === true ? gzipSink : fileSink;
  const sink = hold === undefined ? open(path, options) : await heldFileSink(path, { ...options, hold }, open);
  if (packs !== true) return sink;
  // Nothing at all is no compressed file.
  if (sink.position().offset === 0) await sink.write(new Uint8Array(0));
  return sink;
}

/** Whether an input and an output are one file, or two outputs; `-` is what stdin was redirected from. */
function isSameFile(one: string, output: string): boolean {
  if (nodeFileSystem.stat(output)?.kind === 'other') return false;
  return one === '-' ? isSameNode(nodeOf(one), nodeOf(output)) : leadToSame(one, output);
}

function isSameNode(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one === other;
}

/** Undefined for what is no file: devices and pipes can be shared. */
function nodeOf(name: string): string | undefined {
  if (name === '-') return nodeOfDescriptor(STDIN);
  const stats = nodeFileSystem.stat(name);
  return stats?.kind === 'file' ? stats.node : undefined;
}

function nodeOfDescriptor(fd: number): string | undefined {
  return fstatSync(fd).isFile() ? nodeFileSystem.fstat(fd).node : undefined;
}
