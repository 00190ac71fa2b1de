import {
  pipelineNames,
  resolvePipeline,
  stateDirectory,
  useSection,
  type LoadedConfig,
  type OutputTake,
} from '../../config/index.js';
import type { ReplayFlags } from './flags.js';
import { EXIT } from '../exit/exit-codes.js';
import { parseTemplate } from '../../files/names/index.js';
import { leavesColumnsOpen } from '../../pipeline/index.js';
import { encryptsFiles, resolveOneOutput } from '../run/resolve-outputs.js';
import { refuseBatches } from '../serve/refuse-batches.js';
import { refuseKeyed } from '../serve/refuse-keyed.js';
import { filterStages, parseFilters, surroundingsOf } from '../plan/given-scripts.js';
import { tablesOf } from '../plan/given-tables.js';
import type { PipelineServePlan } from '../../jobs/index.js';
import { pipelineServePlan } from '../serve/resolve.js';
import { findConfig } from '../flags/find-config.js';
import { UserError } from '../exit/user-error.js';
import type { EventChoice, ReplayPlan, ReplayWay } from '../../jobs/replay/index.js';

/**
 * Turns flags into a plan.
 *
 * @throws UserError, ConfigError
 */
export async function resolveReplay(flags: ReplayFlags): Promise<ReplayPlan> {
  refuseContradictions(flags);
  const config = await requireConfig(flags);
  return {
    config,
    logFolder: useSection(config, 'storage').disk_path,
    stateFolder: stateDirectory(config),
    choice: choiceOf(flags),
    way: await wayOf(flags, config),
    deadLetter: flags.deadLetter,
    limit: flags.limit,
    live: flags.live === true,
    ...(flags.maxCost !== undefined && { maxCost: flags.maxCost }),
  };
}

function refuseContradictions(flags: ReplayFlags): void {
  const refuse = (message: string, hint?: string): never => {
    throw new UserError(message, EXIT.usage, hint);
  };
  if (flags.since === undefined && flags.fromId === undefined && flags.deadLetters !== true) {
    refuse('--since is missing', 'give --since 15m, --since 2026-01-02T03:04Z, or --since 0 for everything');
  }
  if (
    flags.raw === true &&
    (flags.toOutputs === true || flags.deadLetters === true || flags.live === true || flags.maxCost !== undefined)
  ) {
    refuse('--raw goes through no pipeline: it excludes --to-outputs, --dead-letters, --live and --max-cost');
  }
  if (
    flags.toOutputs === true &&
    (flags.output !== undefined || flags.envelope === true || namesFormat(flags) || flags.deadLetter !== undefined)
  ) {
    refuse(
      '--to-outputs writes as the config says: it excludes -o, --envelope, --out, --columns, -r and --dead-letter',
    );
  }
  if (flags.raw === true && namesFormat(flags)) {
    refuse('--raw writes whole events as they are stored: it excludes --out, --columns and -r');
  }
}

function namesFormat({ out, columns, rawOutput }: ReplayFlags): boolean {
  return out !== undefined || columns !== undefined || rawOutput === true;
}

async function requireConfig(flags: ReplayFlags): Promise<LoadedConfig> {
  const config = await findConfig(flags, 'programs');
  if (config !== undefined) return config;
  throw new UserError('no config found', EXIT.usage, 'it tells where the log is: name it with -c FILE');
}

function choiceOf({ since, until, fromId, deadLetters }: ReplayFlags): EventChoice {
  const idTime = fromId === undefined ? 0 : timeOfId(fromId);
  const start = Math.max(since ?? 0, idTime);
  if (until !== undefined && until <= start) {
    const span = `from ${new Date(start).toISOString()} until ${new Date(until).toISOString()}`;
    throw new UserError(
      `no event can be ${span}`,
      EXIT.usage,
      'give --since the earlier moment, --until the later one',
    );
  }
  return { since: start, until, fromId, from: deadLetters === true ? 'dead-letters' : 'log' };
}

/** The time within a UUIDv7, milliseconds since the epoch; the event is not older than this. */
function timeOfId(id: string): number {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.exec(id);
  if (match === null) {
    throw new UserError(
      `${JSON.stringify(id)} is not an event's id`,
      EXIT.usage,
      'ids are lower-case UUIDs of version 7',
    );
  }
  return Number.parseInt(`${match[1] ?? ''}${match[2] ?? ''}`, 16);
}

async function wayOf(flags: ReplayFlags, config: LoadedConfig): Promise<ReplayWay> {
  const processing = useSection(config, 'processing');
  const surroundings = surroundingsOf(config, await tablesOf(undefined, config));
  const filters = await filterStages(await parseFilters(flags.filter), surroundings);
  if (parseTemplate(flags.output ?? '') !== undefined) {
    throw new UserError(
      `-o ${flags.output ?? ''}: replay writes one file`,
      EXIT.usage,
      'run -o can write a file per key',
    );
  }
  const { spec: take, plan: output } = resolveOneOutput(flags);
  const limits = { depthMax: processing.max_depth, lineBytesMax: processing.max_line_size };
  const chosenBy = { filters, limits };
  if (flags.raw === true) return { kind: 'raw', pipeline: flags.pipeline, output, ...chosenBy };
  const names = flags.pipeline === undefined ? pipelineNames(config) : [flags.pipeline];
  if (names.length === 0) {
    throw new UserError(`${config.file} has no pipelines`, EXIT.usage, 'give --raw for the events as they are stored');
  }
  const pipelines: PipelineServePlan[] = [];
  for (const name of names) {
    const plan = pipelineServePlan(await resolvePipeline(config, name), processing);
    refuseBatches(plan, 'replay', 'leave lane out, or write the events to a file with replay --raw and run that');
    const { spec, block } = plan;
    const stages = [...filters.stages, ...spec.stages];
    const tables = { ...filters.tables, ...spec.tables };
    // An event that a choosing filter fails on was processed long ago: as a dead letter of the pipeline it would be retried.
    const choosing = filters.stages.map((stage) => stage.name);
    pipelines.push({
      ...plan,
      spec: { ...spec, choosing, stages, tables },
      block: { ...block, strict: flags.strict === true },
    });
  }
  const through = flags.pipeline === undefined ? 'own' : 'one';
  if (flags.toOutputs === true)
    return { kind: 'to-outputs', pipelines: pipelines.map(requireOutputs), through, chosenBy };
  if (leavesColumnsOpen([take]) && (flags.deadLetters === true || through === 'own')) {
    const what =
      flags.deadLetters === true ? '--dead-letters adds to a table' : 'events of several pipelines go to one table';
    throw new UserError(`${what}, whose columns are not known before`, EXIT.usage, 'name them: --columns id,name');
  }
  refusePlainFiles(pipelines, flags);
  return {
    kind: 'pipelines',
    pipelines: pipelines.map((plan) => toOneOutput(plan, take, flags)),
    through,
    output,
    chosenBy,
  };
}

/** @throws UserError if a file would get in the clear what a pipeline writes to encrypted files */
function refusePlainFiles(pipelines: readonly PipelineServePlan[], { output, deadLetter }: ReplayFlags): void {
  const encrypted = pipelines.find(encryptsFiles);
  if (encrypted === undefined) return;
  const flag = output === undefined || output === '-' ? undefined : `-o ${output}`;
  const which = flag ?? (deadLetter === undefined ? undefined : `--dead-letter ${deadLetter}`);
  if (which === undefined) return;
  throw new UserError(
    `${which}: the files of pipeline ${encrypted.spec.name} are encrypted, and this one would not be`,
    EXIT.usage,
    'write with --to-outputs; or to standard output (-o -, without --dead-letter), whose readers get it in the clear',
  );
}

/** Replaces all outputs of the plan with one; dead letters keep the whole line only in a file. */
function toOneOutput(plan: PipelineServePlan, take: OutputTake, { deadLetter }: ReplayFlags): PipelineServePlan {
  const { spec, block } = plan;
  const rawMax = deadLetter === undefined ? RAW_MAX_ON_STDERR : block.lineBytesMax * 2;
  return { ...plan, spec: { ...spec, outputs: [take] }, block: { ...block, rawMax } };
}

/** The most of a broken line that stderr shows; a file gets all of it. */
const RAW_MAX_ON_STDERR = 4096;

function requireOutputs(plan: PipelineServePlan): PipelineServePlan {
  refuseKeyed(plan, 'replay --to-outputs');
  if (plan.outputs.length > 0) return plan;
  throw new UserError(
    `pipeline ${plan.spec.name} has no outputs`,
    EXIT.usage,
    'leave --to-outputs out, or add outputs',
  );
}
