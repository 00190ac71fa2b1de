import { statSync } from 'node:fs';
import { useProvider, type LoadedConfig, type PipelinePlan } from '../../config/index.js';
import type { ProviderInConfig } from '../../config/kinds/index.js';
import { isAiStage, ROWS_MIN_DEFAULT, type AiStagePlan, type BatchPlan } from '../../pipeline/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { RunFlags } from './flags.js';

const LIVE = '--lane live asks one by one';

/**
 * Returns how the requests of AI stages go in batches, by the stages' names; undefined if none do. A flag counts more than what a
 * stage says.
 *
 * @throws UserError when they can't
 */
export function resolveLanes(
  { stages }: PipelinePlan,
  files: readonly string[],
  flags: RunFlags,
  config: LoadedConfig | undefined,
): ReadonlyMap<string, BatchPlan> | undefined {
  const calling = stages.filter(isAiStage);
  const batches = new Map<AiStagePlan, BatchPlan>();
  for (const stage of calling) {
    const plan = planOf(stage, flags);
    if (plan !== undefined) batches.set(stage, plan);
  }
  refuseAlone(flags, [...batches.values()]);
  const [first] = batches.keys();
  if (first === undefined) {
    if (flags.lane === 'batch' || flags.lane === 'auto')
      throw new UserError(`--lane ${flags.lane}: the pipeline has no AI stage`, EXIT.usage);
    return undefined;
  }
  const asked = flags.lane === undefined ? `stage ${first.name} sends batches` : `--lane ${flags.lane}`;
  const refuse = (message: string, hint = flags.lane === undefined ? LIVE : undefined): UserError =>
    new UserError(`${asked}: ${message}`, EXIT.usage, hint);
  if (config === undefined) throw new TypeError('an AI stage without a config');
  if (flags.follow === true) throw refuse('it goes with no --follow: a batch has an end');
  if (flags.live === true) throw refuse('it goes with no --live: the answers of batches are read from the journal');
  const once = files.length === 0 ? '-' : files.find(isReadOnce);
  if (once !== undefined) {
    const name = once === '-' ? 'stdin' : once;
    throw refuse(`the input is read twice, and ${name} can be read once`, 'write it to a file, and name that');
  }
  const kinds = config.kinds.providers;
  const isAble = ({ batches: has }: ProviderInConfig, { embedding }: AiStagePlan): boolean =>
    has !== undefined && (embedding === undefined || has.vectors !== undefined);
  const unable = [...batches.keys()].find(
    (stage) => !stage.providers.some((name) => isAble(kinds.of(useProvider(config, name, true)), stage)),
  );
  if (unable !== undefined) {
    const able = kinds.all.flatMap((kind) => (isAble(kind, unable) ? [kind.kind] : []));
    throw refuse(`no provider of stage ${unable.name} has batches`, `kinds with batches: ${able.join(', ')}`);
  }
  return new Map([...batches].map(([{ name }, plan]) => [name, plan]));
}

/** Returns how a stage's requests go in batches; undefined if they go live. */
function planOf({ batch: own }: AiStagePlan, { lane, deadline, minBatch, maxBatch }: RunFlags): BatchPlan | undefined {
  if (lane === 'live' || (lane === undefined && own === undefined)) return undefined;
  const isAuto = lane === undefined ? own?.rowsMin !== undefined : lane === 'auto';
  const deadlineMs = deadline ?? own?.deadlineMs;
  const rowsMax = maxBatch ?? own?.rowsMax;
  return {
    ...(isAuto && { rowsMin: minBatch ?? own?.rowsMin ?? ROWS_MIN_DEFAULT }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(rowsMax !== undefined && { rowsMax }),
  };
}

/** @throws UserError for flags about batches where nothing goes in one */
function refuseAlone({ deadline, minBatch, maxBatch }: RunFlags, batches: readonly BatchPlan[]): void {
  if (minBatch !== undefined && !batches.some(({ rowsMin }) => rowsMin !== undefined))
    throw new UserError('--min-batch needs --lane auto', EXIT.usage);
  if (batches.length === 0) {
    const alone = Object.entries({ deadline, 'max-batch': maxBatch }).find(([, value]) => value !== undefined);
    if (alone !== undefined) throw new UserError(`--${alone[0]} needs --lane batch or auto`, EXIT.usage);
  }
  if (minBatch !== undefined && maxBatch !== undefined && minBatch > maxBatch)
    throw new UserError('--min-batch is larger than --max-batch', EXIT.usage);
}

/** Whether an input is a pipe or the like. One that is missing is reported when it is opened. */
function isReadOnce(file: string): boolean {
  return file === '-' || statSync(file, { throwIfNoEntry: false })?.isFile() === false;
}
