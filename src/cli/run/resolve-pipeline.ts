import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LoadedConfig, PipelinePlan, ScriptPlan, StagePlan } from '../../config/index.js';
import { ConfigError, type Diagnostic } from '../../config/diagnostic/index.js';
import {
  isScriptFile,
  loadScriptFile,
  parseInlineScript,
  type ScriptSource,
  type TableShelf,
} from '../../config/script/index.js';
import { askedConfig, asksByFlags, byFlags, warningByFlags } from './asked.js';
import type { RunFlags } from './flags.js';
import { givenStages, hasGivenStage } from './given-stages.js';
import { EXIT } from '../exit/exit-codes.js';
import {
  filterStages,
  parseFilters,
  scriptStage,
  surroundingsOf,
  type ScriptSurroundings,
  type Warn,
} from '../plan/given-scripts.js';
import { tablesOf } from '../plan/given-tables.js';
import { findConfig, findConfigOrBare } from '../flags/find-config.js';
import { UserError } from '../exit/user-error.js';

const PIPELINE_DEFAULT = 'default';

/** The pipeline that a run is for, however it was named. */
export interface RunPipeline {
  /** Its outputs are absent if no config says where they go. */
  readonly plan: PipelinePlan;
  /** Its scripts as written in their files, by plan. */
  readonly sources: ReadonlyMap<ScriptPlan, ScriptSource>;
  readonly config?: LoadedConfig;
  /** Findings about what runs, but probably doesn't do what was meant. */
  readonly warnings: readonly Diagnostic[];
}

/** Mistakes with which a script runs, but produces something unwanted for every event. */
const SILENT_MISTAKES = ['quoted-call', 'text-body', 'unused-parameter', 'no-placeholder'];

/** The same of an output of the config, unless it is replaced. */
const OF_OUTPUTS = 'file-format';

/**
 * Finds the pipeline: a one-liner of `-e`, a script file or flags for stages, a script of the config, or a pipeline of the
 * config.
 *
 * @param files the inputs, as typed
 * @throws UserError, ConfigError
 */
export async function resolveRunPipeline(flags: RunFlags, files: readonly string[]): Promise<RunPipeline> {
  // If several stages name a script, it is reported only once.
  const warnings = new Map<string, Diagnostic>();
  const told = [...SILENT_MISTAKES, ...(flags.output === undefined ? [OF_OUTPUTS] : [])];
  const warn = (findings: readonly Diagnostic[]): void => {
    for (const one of findings.filter(({ code }) => told.includes(code))) {
      warnings.set(`${one.file}:${one.line}:${one.column} ${one.pointer ?? ''} ${one.message}`, one);
    }
  };
  const found = await resolveNamed(flags, files, warn);
  const { plan, sources, config, shelf } = found;
  const filters = await parseFilters(flags.filter);
  const surroundings = surroundingsOf(config, shelf, warn);
  const given = await givenStages(flags, surroundings);
  const ahead = await filterStages(filters, surroundings);
  const stages = [...ahead.stages, ...given.before, ...plan.stages, ...given.behind];
  const tables = { ...ahead.tables, ...plan.tables };
  const ofFilters = ahead.stages.flatMap(({ script }, at) => {
    const source = filters[at];
    return source === undefined ? [] : [[script, source] as const];
  });
  return {
    ...found,
    plan: { ...plan, stages, ...(Object.keys(tables).length > 0 && { tables }) },
    sources: new Map([...ofFilters, ...given.sources, ...sources]),
    warnings: [...warnings.values()],
  };
}

type Named = Omit<RunPipeline, 'warnings'> & { readonly shelf: TableShelf | undefined };

/**
 * Resolves a question asked by flags alone. The config that is found contributes what it says about providers, budgets and state
 * for all pipelines.
 */
async function resolveAsked(flags: RunFlags, warn: Warn): Promise<Named> {
  const config = await askedConfig(flags, await findConfigOrBare(flags, 'programs'));
  const shelf = await tablesOf(flags.table, config);
  const { resolvePipeline } = await import('../../config/index.js');
  try {
    const { plan, sources, warnings } = await resolvePipeline(config, PIPELINE_DEFAULT, shelf);
    warn(warnings.map(warningByFlags));
    return { plan, sources, shelf, config };
  } catch (error) {
    throw byFlags(error);
  }
}

async function resolveNamed(flags: RunFlags, files: readonly string[], warn: Warn): Promise<Named> {
  if (asksByFlags(flags)) return await resolveAsked(flags, warn);
  const isScript = flags.eval !== undefined || isFileName(flags.script);
  if (isScript || isStagesAlone(flags)) {
    // Does not search for a config; a named config gives limits and dialect.
    const config = flags.config === undefined ? undefined : await findConfig(flags, 'programs');
    const shelf = await tablesOf(flags.table, config);
    const surroundings = surroundingsOf(config, shelf, warn);
    const only = isScript
      ? await onlyStage(await scriptOfFlags(flags), surroundings)
      : { plan: pipelineOf([]), sources: new Map<ScriptPlan, ScriptSource>() };
    return { ...only, shelf, ...(config && { config }) };
  }
  const config = await findConfig(flags, 'programs');
  const shelf = await tablesOf(flags.table, config);
  if (config === undefined) {
    if (!isConversion(flags)) throw nothingToDo(flags, files);
    return { plan: pipelineOf([]), sources: new Map(), shelf };
  }
  const door = await import('../../config/index.js');
  if (flags.script !== undefined) {
    const surroundings = surroundingsOf(config, shelf, warn);
    return { ...(await onlyStage(await door.resolveScript(config, flags.script), surroundings)), shelf, config };
  }
  if (flags.pipeline === undefined && !door.pipelineNames(config).includes(PIPELINE_DEFAULT)) {
    if (hasStageFlag(flags) || isConversion(flags)) return { plan: pipelineOf([]), sources: new Map(), shelf, config };
    const names = door.pipelineNames(config);
    const hint = names.length > 0 ? `name one with -p: ${names.join(', ')}` : 'give a script with -e or -s';
    throw new UserError(`${config.file} has no pipeline named ${PIPELINE_DEFAULT}`, EXIT.usage, hint);
  }
  const { plan, sources, warnings } = await door.resolvePipeline(config, flags.pipeline ?? PIPELINE_DEFAULT, shelf);
  warn(warnings);
  return { plan, sources, shelf, config };
}

/** Whether flags for stages alone say what to do: then a pipeline that happens to be in reach is not used. */
function isStagesAlone(flags: RunFlags): boolean {
  return hasStageFlag(flags) && (flags.script ?? flags.pipeline ?? flags.config) === undefined;
}

/** Whether a flag requests a stage, so that no pipeline is needed. */
function hasStageFlag(flags: RunFlags): boolean {
  return flags.filter !== undefined || hasGivenStage(flags);
}

/** Whether the run only reads one format and writes another. */
function isConversion({ script, pipeline, in: format, out, columns, rawOutput }: RunFlags): boolean {
  const isAsked = [format, out, columns, rawOutput].some((flag) => flag !== undefined);
  return isAsked && (script ?? pipeline) === undefined;
}

/** `-s` takes a name in the config or a file; anything that looks like a path is a file. */
function isFileName(script: string | undefined): boolean {
  return script !== undefined && (script.includes('/') || isScriptFile(script));
}

function nothingToDo(flags: RunFlags, files: readonly string[]): UserError {
  const missing = flags.pipeline ?? flags.script;
  const gone = files.find((file) => file !== '-' && !existsSync(file));
  return missing === undefined
    ? new UserError(
        `${gone === undefined ? '' : `no file ${gone}, and `}nothing to do: no script and no config found`,
        EXIT.usage,
        `give a script with -e '{/id}' or -s FILE, a config with -c FILE, or another format with --out`,
      )
    : new UserError(
        `no config found that could define ${missing}`,
        EXIT.usage,
        'name the config with -c FILE, or a script file with -s ./FILE',
      );
}

async function scriptOfFlags({ eval: text, script = '' }: RunFlags): Promise<ScriptSource> {
  if (text !== undefined) return await inlineScript(text);
  return { ...(await loadScriptFile(resolve(script))), name: script };
}

async function inlineScript(text: string): Promise<ScriptSource> {
  try {
    return await parseInlineScript(text, '-e');
  } catch (error) {
    if (!(error instanceof ConfigError) || !isScriptFile(text) || /\s/.test(text)) throw error;
    throw new ConfigError(error.diagnostics.map((finding) => ({ ...finding, hint: `to run a file: -s ${text}` })));
  }
}

async function onlyStage(
  source: ScriptSource,
  surroundings: ScriptSurroundings,
): Promise<Pick<Named, 'plan' | 'sources'>> {
  const stage = await scriptStage('computo', source, surroundings);
  return {
    plan: { ...pipelineOf([stage]), ...surroundings.tables?.opened },
    sources: new Map([[stage.script, source]]),
  };
}

/** A pipeline that is not in any config. */
function pipelineOf(stages: readonly StagePlan[]): PipelinePlan {
  return { name: PIPELINE_DEFAULT, stages, onError: { kind: 'dead_letter' } };
}
