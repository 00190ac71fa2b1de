import { statSync } from 'node:fs';
import { useProvider, useSection, type LoadedConfig, type PipelinePlan } from '../../config/index.js';
import type { BatchPlan } from '../../jobs/run/index.js';
import { isAiStage } from '../../pipeline/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { RunFlags } from './flags.js';

/** With fewer requests than this, `auto` asks live. */
const ROWS_MIN_DEFAULT = 100;

/**
 * Returns how each AI stage's requests go in batches, by its name; undefined if none do.
 *
 * @throws UserError when they can't
 */
export function resolveLanes(
  { stages }: PipelinePlan,
  files: readonly string[],
  flags: RunFlags,
  config: LoadedConfig | undefined,
): ReadonlyMap<string, BatchPlan> | undefined {
  const { lane, deadline, minBatch, maxBatch } = flags;
  const refuse = (message: string, hint?: string): UserError =>
    new UserError(`--lane ${lane ?? ''}: ${message}`, EXIT.usage, hint);
  if (minBatch !== undefined && lane !== 'auto') throw new UserError('--min-batch needs --lane auto', EXIT.usage);
  if (lane === undefined || lane === 'live') {
    const alone = Object.entries({ deadline, 'max-batch': maxBatch }).find(([, value]) => value !== undefined);
    if (alone !== undefined) throw new UserError(`--${alone[0]} needs --lane batch or auto`, EXIT.usage);
    return undefined;
  }
  if (minBatch !== undefined && maxBatch !== undefined && minBatch > maxBatch)
    throw new UserError('--min-batch is larger than --max-batch', EXIT.usage);
  const calling = stages.filter(isAiStage);
  if (config === undefined || calling.length === 0) throw refuse('the pipeline has no AI stage');
  if (flags.follow === true) throw refuse('it goes with no --follow: a batch has an end');
  if (flags.live === true) throw refuse('it goes with no --live: the answers of batches are read from the journal');
  if (useSection(config, 'storage').encryption !== undefined)
    throw refuse('storage.encryption does not cover the files of answers that batches keep', 'run it live');
  const once = files.length === 0 ? '-' : files.find(isReadOnce);
  if (once !== undefined) {
    const name = once === '-' ? 'stdin' : once;
    throw refuse(`the input is read twice, and ${name} can be read once`, 'write it to a file, and name that');
  }
  const embed = calling.find(({ embedding }) => embedding !== undefined);
  if (embed !== undefined) throw refuse(`stage ${embed.name} asks for vectors, which go live only`, 'run it by itself');
  const kinds = config.kinds.providers;
  const unable = calling.find(
    ({ providers }) => !providers.some((name) => kinds.of(useProvider(config, name, true)).batches !== undefined),
  );
  if (unable !== undefined)
    throw refuse(`no provider of stage ${unable.name} has batches`, 'openai, anthropic and openai-compatible have');
  const plan: BatchPlan = {
    ...(lane === 'auto' && { rowsMin: minBatch ?? ROWS_MIN_DEFAULT }),
    ...(deadline !== undefined && { deadlineMs: deadline }),
    ...(maxBatch !== undefined && { rowsMax: maxBatch }),
  };
  return new Map(calling.map(({ name }) => [name, plan]));
}

/** Whether an input is a pipe or the like. One that is missing is reported when it is opened. */
function isReadOnce(file: string): boolean {
  return file === '-' || statSync(file, { throwIfNoEntry: false })?.isFile() === false;
}
