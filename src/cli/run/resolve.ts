import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FilePlan, LoadedConfig, PipelinePlan } from '../../config/index.js';
import { loadScriptFile, parseInlineScript, type ScriptSource } from '../../config/script/index.js';
import { DEPTH_MAX_DEFAULT } from '../../json/index.js';
import type { BlockOptions, OutputSpec } from '../../pipeline/index.js';
import type { AiRun } from '../ai/ai-executor.js';
import type { RunFlags } from '../commands/run.js';
import { EXIT } from '../exit-codes.js';
import { pipelineBody, scriptSpec, type PipelineBody } from '../pipeline-spec.js';
import { UserError } from '../user-error.js';
import type { OutputPlan, ResumePlan, RunPlan, ThreadPlan } from './plan.js';

const LINE_BYTES_MAX_DEFAULT = 16 * 2 ** 20;
/** Of a broken line, on stderr; a file gets all of it. */
const RAW_MAX_ON_STDERR = 4096;
const PIPELINE_DEFAULT = 'default';
const DAY_MS = 86_400_000;

/**
 * From what was typed to what is meant: the config is found where it is needed, scripts are read and checked, flags and
 * config are weighed against each other.
 *
 * @throws UserError, ConfigError
 */
export async function resolveRun(files: readonly string[], flags: RunFlags): Promise<RunPlan> {
  refuseContradictions(files, flags);
  const resolved = await resolvePipelineSpec(flags);
  const { spec, sources, plan, config } = resolved;
  const outputs = resolveOutputs(flags, plan);
  const deadLetters = resolveDeadLetters(flags, plan);
  return {
    inputs: files.length > 0 ? files : ['-'],
    follow: flags.follow === true,
    ...(flags.limit !== undefined && { limit: flags.limit }),
    pipeline: { ...spec, outputs: outputs.map(({ spec: output }) => output) },
    outputs: outputs.map(({ plan: output }) => output),
    deadLetters,
    block: await blockLimits(config, flags, deadLetters.kind),
    threads: await threadPlan(config, flags),
    unordered: flags.unordered === true,
    ...(config && hasAiStage(spec) && { ai: aiRun(config, flags, plan) }),
    ...(flags.resume === true && {
      resume: await resumePlan(
        files,
        outputs.map((output) => output.plan),
        resolved,
      ),
    }),
    ...(flags.trace === true && { traced: sources }),
    stats: flags.stats,
    progress: flags.progress,
  };
}

function refuseContradictions(files: readonly string[], flags: RunFlags): void {
  const stages = [flags.eval, flags.script, flags.pipeline].filter((flag) => flag !== undefined);
  if (stages.length > 1) throw new UserError('-e, -s and -p exclude one another', EXIT.usage);
  if (flags.resume === true && (flags.unordered === true || flags.follow === true)) {
    throw new UserError('--resume goes with neither --unordered nor --follow', EXIT.usage);
  }
  if (flags.trace === true && flags.limit === undefined) throw new UserError('--trace needs --limit', EXIT.usage);
  if (flags.rotate !== undefined && flags.output === undefined) throw new UserError('--rotate needs -o', EXIT.usage);
  if (flags.follow === true && (files.length === 0 || files.some((file) => file === '-' || file.endsWith('.gz')))) {
    throw new UserError('--follow needs files, and none of them stdin or .gz', EXIT.usage);
  }
}

interface Resolved {
  readonly spec: PipelineBody;
  /** The scripts by stage, as they stand in their files. */
  readonly sources: ReadonlyMap<string, ScriptSource>;
  readonly plan?: PipelinePlan;
  readonly config?: LoadedConfig;
}

async function resolvePipelineSpec(flags: RunFlags): Promise<Resolved> {
  if (flags.eval !== undefined || isFileName(flags.script)) {
    // No config is searched for; one that is named gives limits and dialect.
    const config = flags.config === undefined ? undefined : await loadConfig(flags);
    return { ...(await onlyStage(await scriptOfFlags(flags), config)), ...(config && { config }) };
  }
  const config = await loadConfig(flags);
  if (config === undefined) throw nothingToDo(flags);
  const door = await import('../../config/index.js');
  if (flags.script !== undefined) {
    return { ...(await onlyStage(await door.resolveScript(config, flags.script), config)), config };
  }
  if (flags.pipeline === undefined && !door.pipelineNames(config).includes(PIPELINE_DEFAULT)) {
    const names = door.pipelineNames(config);
    const hint = names.length > 0 ? `name one with -p: ${names.join(', ')}` : 'give a script with -e or -s';
    throw new UserError(`${config.file} has no pipeline named ${PIPELINE_DEFAULT}`, EXIT.usage, hint);
  }
  const plan = await door.resolvePipeline(config, flags.pipeline ?? PIPELINE_DEFAULT);
  const sources = new Map(plan.stages.map((stage) => [stage.name, 'script' in stage ? stage.script : stage.request]));
  return { spec: await pipelineBody(plan, config), sources, plan, config };
}

async function loadConfig(flags: RunFlags): Promise<LoadedConfig | undefined> {
  const { loadConfig: load } = await import('../../config/index.js');
  return load({
    cwd: process.cwd(),
    env: process.env,
    home: homedir(),
    ...(flags.config !== undefined && { path: flags.config }),
  });
}

/** `-s` takes a name of the config or a file; what looks like a path is one. */
function isFileName(script: string | undefined): boolean {
  return script !== undefined && (script.includes('/') || /\.jsonc?$/i.test(script));
}

function nothingToDo(flags: RunFlags): UserError {
  const missing = flags.pipeline ?? flags.script;
  return missing === undefined
    ? new UserError(
        'nothing to do: no script and no config found',
        EXIT.usage,
        `give a script with -e '["$input"]' or -s FILE, or a config with -c FILE`,
      )
    : new UserError(
        `no config found that could define ${missing}`,
        EXIT.usage,
        'name the config with -c FILE, or a script file with -s ./FILE',
      );
}

function hasAiStage({ stages }: PipelineBody): boolean {
  return stages.some(({ kind }) => kind === 'ai');
}

function aiRun(config: LoadedConfig, flags: RunFlags, plan: PipelinePlan | undefined): AiRun {
  return {
    config,
    live: flags.live === true,
    ...(plan?.budget !== undefined && { budget: plan.budget }),
    ...(flags.maxCost !== undefined && { maxCost: flags.maxCost }),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
  };
}

async function scriptOfFlags({ eval: text, script = '' }: RunFlags): Promise<ScriptSource> {
  if (text !== undefined) return parseInlineScript(text, '-e');
  return { ...(await loadScriptFile(resolve(script))), name: script };
}

async function onlyStage(source: ScriptSource, config?: LoadedConfig): Promise<Pick<Resolved, 'spec' | 'sources'>> {
  const { name } = source;
  const stage = { kind: 'computo', name, script: await scriptSpec(source, config) } as const;
  const spec = { name: PIPELINE_DEFAULT, stages: [stage], onError: { kind: 'dead_letter' } } as const;
  return { spec, sources: new Map([[name, source]]) };
}

/** `-o` replaces the config's outputs; without either, stdout. */
function resolveOutputs(flags: RunFlags, plan: PipelinePlan | undefined): { spec: OutputSpec; plan: OutputPlan }[] {
  const envelope = flags.envelope === true;
  if (flags.output !== undefined) {
    const keeping = flags.rotate === undefined ? {} : { rotateBytes: flags.rotate };
    return [{ spec: { envelope }, plan: { kind: 'file', path: flags.output, mode: 'truncate', keeping } }];
  }
  if (plan?.outputs === undefined) return [{ spec: { envelope }, plan: { kind: 'stdout' } }];
  return plan.outputs.map((output) => ({
    spec: { envelope: envelope || output.envelope, ...(output.when && { when: output.when }) },
    plan: output.kind === 'stdout' ? { kind: 'stdout' } : filePlan(output),
  }));
}

function resolveDeadLetters(flags: RunFlags, plan: PipelinePlan | undefined): RunPlan['deadLetters'] {
  if (flags.deadLetter !== undefined) return { kind: 'file', path: flags.deadLetter, mode: 'truncate', keeping: {} };
  return plan?.deadLetter === undefined ? { kind: 'stderr' } : filePlan(plan.deadLetter);
}

/** The config's files are logs: a run adds to them. */
function filePlan({ file, rotateSize, rotateEvery, retentionDays, gzip, pattern }: FilePlan): OutputPlan {
  const keeping = {
    gzip,
    ...(rotateSize !== undefined && { rotateBytes: rotateSize }),
    ...(rotateEvery !== undefined && { rotateMs: rotateEvery }),
    ...(retentionDays !== undefined && { retentionMs: retentionDays * DAY_MS }),
    ...(pattern !== undefined && { pattern }),
  };
  return { kind: 'file', path: file, mode: 'append', keeping };
}

/**
 * Where the checkpoint is kept: by pipeline, inputs and outputs, so that another job never goes on from it.
 *
 * @throws UserError when there is nothing that could be cut back
 */
async function resumePlan(
  files: readonly string[],
  outputs: readonly OutputPlan[],
  resolved: Resolved,
): Promise<ResumePlan> {
  if (outputs.some(({ kind }) => kind === 'stdout')) {
    throw new UserError('--resume cannot cut back stdout', EXIT.usage, 'write to a file with -o');
  }
  const { defaultStateDirectory, stateDirectory } = await import('../../config/index.js');
  const { config, spec } = resolved;
  const state = config ? stateDirectory(config) : defaultStateDirectory({ env: process.env, home: homedir() });
  const inputs = files.map((file) => (file === '-' ? file : resolve(file)));
  const targets = outputs.map((output) => (output.kind === 'file' ? resolve(output.path) : output.kind));
  const stages = spec.stages.map(({ name }) => name);
  const identity = JSON.stringify([spec.name, stages, inputs, targets]);
  const { createHash } = await import('node:crypto');
  const name = `run-${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
  return { folder: join(state, 'checkpoints'), name };
}

/** The config sets a ceiling, and so do the processors; who asks for a number gets it. */
async function threadPlan(config: LoadedConfig | undefined, flags: RunFlags): Promise<ThreadPlan> {
  if (flags.workers !== undefined) return { count: flags.workers, asked: true };
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
