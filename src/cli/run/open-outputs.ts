import { fstatSync, mkdirSync, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileSink, stdoutSink, type FilePosition, type FileSink, type Sink } from '../../sinks/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import { refuseStrangeParts } from './own-parts.js';
import type { OutputPlan, RunPlan } from './plan.js';
import { stderrSink } from '../stderr-sink.js';

const STDIN = 0;

/** What a run writes to, open. */
export interface OpenOutputs {
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
  /** Those among them that are files: a checkpoint keeps their places. */
  readonly files: readonly FileSink[];
}

/**
 * Opens what the plan writes to. Called last before the first event, so that a mistake elsewhere empties no file.
 *
 * @param cutTo where the checkpoint left the files, by path; undefined when there is none
 * @throws SinkError; UserError when an output is one of the inputs, or another output
 */
export function openOutputs(plan: RunPlan, cutTo?: Readonly<Record<string, FilePosition>>): OpenOutputs {
  const files: FileSink[] = [];
  const paths = [...plan.outputs, plan.deadLetters].flatMap((output) => (output.kind === 'file' ? [output.path] : []));
  for (const [index, path] of paths.entries()) {
    if (plan.inputs.some((input) => isSameFile(input, path))) {
      throw new UserError(`${path} is both input and output`, EXIT.usage, 'write to another file, then rename it');
    }
    if (paths.slice(0, index).some((other) => isSameFile(other, path))) {
      throw new UserError(`${path} would be written by two outputs`, EXIT.usage, 'give each of them a file of its own');
    }
  }
  for (const output of [...plan.outputs, plan.deadLetters]) {
    if (output.kind === 'file') refuseStrangeParts(output, plan.inputs);
  }
  const open = (output: OutputPlan): Sink => {
    if (output.kind === 'stdout') return stdoutSink();
    const sink = openFile(output, plan.resume !== undefined, cutTo?.[output.path]);
    files.push(sink);
    return sink;
  };
  const outputs = plan.outputs.map(open);
  const deadLetters = plan.deadLetters.kind === 'stderr' ? stderrSink() : open(plan.deadLetters);
  return { outputs, deadLetters, files };
}

function openFile(
  { path, mode, keeping }: Extract<OutputPlan, { kind: 'file' }>,
  checkpointed: boolean,
  cutTo: FilePosition | undefined,
): FileSink {
  // The config's files are logs with folders of their own; a folder that is mistyped after -o is better refused.
  if (mode === 'append') mkdirSync(dirname(path), { recursive: true });
  return fileSink(path, { ...keeping, checkpointed, waits: true, mode: cutTo === undefined ? mode : { cutTo } });
}

/**
 * Whether two names lead to one file, which may not be there yet; `-` is what stdin was redirected from. Devices and pipes
 * are no files: they can be shared.
 */
function isSameFile(a: string, b: string): boolean {
  const [one, other] = [statsOf(a), statsOf(b)];
  if (one === undefined || other === undefined) return one === other && resolve(a) === resolve(b);
  return one.isFile() && one.ino === other.ino && one.dev === other.dev;
}

/** Undefined where nothing is, or nothing can be known: opening it tells. */
function statsOf(name: string): Stats | undefined {
  try {
    return name === '-' ? fstatSync(STDIN) : statSync(name, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
