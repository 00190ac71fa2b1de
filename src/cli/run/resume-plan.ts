import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import type { OutputPlan, ResumePlan } from './plan.js';
import type { ResolvedPipeline } from './resolve-pipeline.js';

/**
 * Where the checkpoint is kept: by pipeline, inputs and outputs, so that another job never goes on from it.
 *
 * @throws UserError when there is nothing that could be cut back
 */
export async function resumePlan(
  files: readonly string[],
  outputs: readonly OutputPlan[],
  { config, spec }: ResolvedPipeline,
): Promise<ResumePlan> {
  if (outputs.some(({ kind }) => kind === 'stdout')) {
    throw new UserError('--resume cannot cut back stdout', EXIT.usage, 'write to a file with -o');
  }
  const { defaultStateDirectory, stateDirectory } = await import('../../config/index.js');
  const state = config ? stateDirectory(config) : defaultStateDirectory({ env: process.env, home: homedir() });
  const inputs = files.map((file) => (file === '-' ? file : resolve(file)));
  const targets = outputs.map((output) => (output.kind === 'file' ? resolve(output.path) : output.kind));
  const stages = spec.stages.map(({ name }) => name);
  const identity = JSON.stringify([spec.name, stages, inputs, targets]);
  const { createHash } = await import('node:crypto');
  const name = `run-${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
  return { folder: join(state, 'checkpoints'), name };
}
