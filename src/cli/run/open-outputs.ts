import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileSink, stdoutSink, type FilePosition, type FileSink, type Sink } from '../../sinks/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import type { OutputPlan, RunPlan } from './plan.js';
import { writeStderr } from './stderr.js';

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
 * @throws SinkError; UserError when an output is one of the inputs
 */
export function openOutputs(plan: RunPlan, cutTo?: Readonly<Record<string, FilePosition>>): OpenOutputs {
  const files: FileSink[] = [];
  for (const output of [...plan.outputs, plan.deadLetters]) {
    if (output.kind === 'file') refuseInput(output.path, plan.inputs);
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
  return fileSink(path, { ...keeping, checkpointed, mode: cutTo === undefined ? mode : { cutTo } });
}

/** Dead letters that were given no file: said to the person, like everything on stderr. */
function stderrSink(): Sink {
  return {
    name: 'stderr',
    write: (lines) => new Promise((resolve) => writeStderr(lines, resolve)),
    close: () => Promise.resolve(),
  };
}

function refuseInput(path: string, inputs: readonly string[]): void {
  const output = statSync(path, { throwIfNoEntry: false });
  if (output === undefined || !output.isFile()) return;
  for (const input of inputs) {
    const stats = input === '-' ? undefined : statSync(input, { throwIfNoEntry: false });
    if (stats !== undefined && stats.ino === output.ino && stats.dev === output.dev) {
      throw new UserError(`${path} is both input and output`, EXIT.usage, 'write to another file, then rename it');
    }
  }
}
