import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileSink, stdoutSink, type Sink } from '../../sinks/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import type { OutputPlan, RunPlan } from './plan.js';

/**
 * Opens what the plan writes to. Called last before the first event, so that a mistake elsewhere empties no file.
 *
 * @throws SinkError; UserError when an output is one of the inputs
 */
export function openOutputs(plan: RunPlan): { readonly outputs: readonly Sink[]; readonly deadLetters: Sink } {
  for (const output of [...plan.outputs, plan.deadLetters])
    if (output.kind === 'file') refuseInput(output.path, plan.inputs);
  return {
    outputs: plan.outputs.map(openOutput),
    deadLetters: plan.deadLetters.kind === 'stderr' ? stderrSink() : openOutput(plan.deadLetters),
  };
}

function openOutput(output: OutputPlan): Sink {
  if (output.kind === 'stdout') return stdoutSink();
  const { path, mode, rotateBytes } = output;
  // The config's files are logs with folders of their own; a folder that is mistyped after -o is better refused.
  if (mode === 'append') mkdirSync(dirname(path), { recursive: true });
  return fileSink(path, rotateBytes === undefined ? { mode } : { mode, rotateBytes });
}

/** Dead letters that were given no file: said to the person, like everything on stderr. */
function stderrSink(): Sink {
  return {
    name: 'stderr',
    write: (lines) => new Promise((resolve) => void process.stderr.write(lines, () => resolve())),
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
