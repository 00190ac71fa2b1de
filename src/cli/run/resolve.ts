import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { LoadedConfig, PipelinePlan } from '../../config/index.js';
import { packingOf } from '../../files/index.js';
import { DEPTH_MAX_DEFAULT } from '../../json/index.js';
import { goesByArrival, isAiStage, keepsState, type BlockOptions } from '../../pipeline/index.js';
import type { RunFlags } from './flags.js';
import { looseKeyFiles, openKeys, refuseHalfRekeyed } from '../../jobs/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { AiRun, OwnFile, RunPlan, ThreadPlan } from '../../jobs/run/index.js';
import type { RunCommand } from './plan.js';
import { formatHints } from './resolve-output-format.js';
import { resolveFormats } from './resolve-formats.js';
import { resolveDeadLetters, resolveOutputs, withKeys, withStateFolder } from './resolve-outputs.js';
import { refuseUnpriced } from './refuse-unpriced.js';
import { resolveRunPipeline, type RunPipeline } from './resolve-pipeline.js';
import { resolveResume, stateFolderOf, wantsCheckpoint } from './resolve-resume.js';

const LINE_BYTES_MAX_DEFAULT = 16 * 2 ** 20;
/** The most of a broken line that stderr shows; a file gets all of it. */
const RAW_MAX_ON_STDERR = 4096;

/**
 * Turns flags into a plan: finds the config if needed, reads and checks scripts, and reconciles flags with the config.
 *
 * @param typed the command line, without the program's name
 * @throws UserError, ConfigError
 */
export async function resolveRun(
  files: readonly string[],
  flags: RunFlags,
  typed: readonly string[],
): Promise<RunCommand> {
  refuseContradictions(files, flags);
  const resolved = await resolveRunPipeline(flags, files);
  const { sources, plan, config, warnings } = resolved;
  refuseDisorder(plan, flags);
  const batches = choosesLane(plan, flags)
    ? (await import('./resolve-lanes.js')).resolveLanes(plan, files, flags, config)
    : undefined;
  if (config && plan.stages.some(isAiStage)) await refuseUnpriced(config, plan, flags);
  const outputs = resolveOutputs(flags, plan);
  const letters = resolveDeadLetters(flags, plan);
  const writesFiles = [letters, ...outputs.map((output) => output.plan)].some(({ kind }) => kind === 'file');
  const stateFolder = await stateFolderOf(writesFiles ? config : undefined);
  refuseHalfRekeyed(stateFolder);
  const keys = await openKeys(config);
  const outputPlans = outputs.map((output) => withKeys(withStateFolder(output.plan, stateFolder), keys));
  const deadLetters = withKeys(withStateFolder(letters, stateFolder), keys);
  const inputs = files.length > 0 ? files : ['-'];
  const resume = resolveResume(flags, outputPlans, typed);
  return {
    inputs,
    formats: await resolveFormats(inputs, flags),
    follow: flags.follow === true,
    ...(flags.limit !== undefined && { limit: flags.limit }),
    pipeline: { ...plan, outputs: outputs.map(({ spec: output }) => output) },
    outputs: outputPlans,
    deadLetters,
    block: await blockLimits(config, flags, deadLetters.kind),
    threads: await threadPlan(config, flags),
    unordered: flags.unordered === true,
    ...(config &&
      plan.stages.some(isAiStage) && {
        ai: {
          ...aiRun(config, flags, plan),
          ...(batches && { batches, runId: randomUUID() }),
        },
      }),
    stateFolder,
    keys,
    ownFiles: ownFiles(resolved),
    ...(resume && { resume }),
    ...(flags.trace === true && { traced: sources }),
    ...(flags.dryRun === true && { dryRun: { sample: flags.sample ?? 0 } }),
    warnings,
    hints: [...formatHints(flags), ...arrivalHints(plan, files, flags), ...(await looseKeyFiles(config))],
    stats: flags.quiet && flags.stats === 'text' ? 'none' : flags.stats,
    progress: flags.progress && flags.quiet !== true,
  };
}

function refuseContradictions(files: readonly string[], flags: RunFlags): void {
  const stages = [flags.eval, flags.script, flags.pipeline, flags.prompt].filter((flag) => flag !== undefined);
  if (stages.length > 1) throw new UserError('-e, -s, -p and --prompt exclude one another', EXIT.usage);
  if (flags.sample !== undefined && flags.dryRun !== true) throw new UserError('--sample needs --dry-run', EXIT.usage);
  if (flags.trace === true && flags.limit === undefined) throw new UserError('--trace needs --limit', EXIT.usage);
  if (flags.rotate !== undefined && flags.output === undefined) throw new UserError('--rotate needs -o', EXIT.usage);
  if (
    flags.follow === true &&
    (files.length === 0 || files.some((file) => file === '-' || packingOf(file) !== undefined))
  ) {
    throw new UserError('--follow needs files, and none of them stdin, .gz or .zst', EXIT.usage);
  }
}

function choosesLane({ stages }: PipelinePlan, { lane, deadline, minBatch, maxBatch }: RunFlags): boolean {
  const isChosen = [lane, deadline, minBatch, maxBatch].some((flag) => flag !== undefined);
  return isChosen || stages.some((stage) => isAiStage(stage) && stage.batch !== undefined);
}

function refuseDisorder({ stages }: PipelinePlan, flags: RunFlags): void {
  const firstCall = stages.findIndex(isAiStage);
  const timed = firstCall !== -1 && wantsCheckpoint(flags) ? stages.find(goesByArrival) : undefined;
  if (timed !== undefined) {
    const message = `--resume: ${timed.name} goes by the time at which events come in, and another run would ask the AI stage something else`;
    throw new UserError(message, EXIT.usage, 'let it go by a number of events, or by a time of their own');
  }
  const late = firstCall === -1 ? undefined : stages.slice(firstCall).find(keepsState);
  if (late !== undefined) {
    const message = `${late.name} looks across events, and behind an AI stage they come in the order of the answers`;
    throw new UserError(message, EXIT.usage, 'run it on the output of this run');
  }
  const stage = stages.find(keepsState);
  if (stage === undefined || flags.unordered !== true) return;
  throw new UserError(`--unordered: ${stage.name} looks across events, in the order of the input`, EXIT.usage);
}

/** Of files, the time at which they are read says little. */
function arrivalHints({ stages }: PipelinePlan, files: readonly string[], flags: RunFlags): readonly string[] {
  if (flags.follow === true || files.length === 0 || files.includes('-')) return [];
  return stages
    .filter(goesByArrival)
    .map(
      ({ name }) =>
        `${name} goes by when this run reads its events: with \`time\`, such as \`time: /at\`, it goes by a time of their own`,
    );
}

function ownFiles({ config, sources, plan: { tables = {} } }: RunPipeline): readonly OwnFile[] {
  const ofTables = Object.values(tables).map(({ plan }) => ({ path: plan.file, what: 'a table' }));
  const scripts = [...sources.values()].map(({ origin }) => ({ path: origin.document.file, what: 'a script' }));
  const ofConfig = config === undefined ? [] : [{ path: config.file, what: 'the config' }];
  return [...ofConfig, ...scripts, ...ofTables];
}

function aiRun(config: LoadedConfig, flags: RunFlags, plan: PipelinePlan): AiRun {
  return {
    config,
    live: flags.live === true,
    ...(plan.budget !== undefined && { budget: plan.budget }),
    ...(flags.maxCost !== undefined && { maxCost: flags.maxCost }),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
  };
}

/** The number of threads is limited by the processors and, unless a flag sets it, by the config. */
async function threadPlan(config: LoadedConfig | undefined, flags: RunFlags): Promise<ThreadPlan> {
  // More threads than processors would only wait for each other.
  if (flags.workers !== undefined) return { count: Math.min(flags.workers, availableParallelism()), asked: true };
  const processing = config && (await import('../../config/index.js')).useSection(config, 'processing');
  return { count: Math.min(availableParallelism(), processing?.worker_threads ?? Infinity), asked: false };
}

async function blockLimits(
  config: LoadedConfig | undefined,
  flags: RunFlags,
  deadLetters: RunPlan['deadLetters']['kind'],
): Promise<Omit<BlockOptions, 'pipeline'>> {
  const processing = config && (await import('../../config/index.js')).useSection(config, 'processing');
  const lineBytesMax = processing?.max_line_size ?? LINE_BYTES_MAX_DEFAULT;
  return {
    strict: flags.strict === true,
    depthMax: processing?.max_depth ?? DEPTH_MAX_DEFAULT,
    lineBytesMax,
    rawMax: deadLetters === 'stderr' ? RAW_MAX_ON_STDERR : lineBytesMax * 2,
  };
}
