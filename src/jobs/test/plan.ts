import {
  ConfigError,
  configTables,
  hasErrors,
  planScript,
  resolvePipeline,
  scriptOptions,
  type LoadedConfig,
  type PipelinePlan,
  type ScriptPlan,
} from '../../config/index.js';
import { didYouMean } from '../../config/diagnostic/index.js';
import type { OpenTables } from '../../config/kinds/index.js';
import { ScriptTables, type ScriptSource } from '../../config/script/index.js';
import { blameFile } from '../../config/source/index.js';
import {
  suiteInConfig,
  suiteInFile,
  testFilesIn,
  type TestAnswer,
  type TestCase,
  type TestSuite,
} from '../../config/tests/index.js';
import { isAiStage } from '../../pipeline/index.js';
import { outputNames } from '../outputs/output-names.js';

/** The test cases of one config, ready to run. They share the pipelines, whose scripts are compiled once. */
export interface TestPlan {
  readonly config: LoadedConfig;
  readonly cases: readonly PlannedCase[];
  readonly pipelines: ReadonlyMap<string, PipelinePlan>;
  /** The tables that scripts of the cases name; undefined: none. */
  readonly tables: OpenTables | undefined;
  /** All files that the cases depend on: to watch. Absolute. */
  readonly files: readonly string[];
  /** The files that the config and all its cases, run or not, read and --update must not write: all but golden files. Absolute. */
  readonly sources: readonly string[];
}

export type PlannedCase = TestCase<ScriptPlan>;

/**
 * Reads the test cases of a config and plans the pipelines that they test.
 *
 * @param files test files, absolute; undefined: the cases in the config, and the test files in its folder
 * @param accepts which cases, by name
 * @throws ConfigError with everything that is wrong with them
 */
export async function planTests(
  config: LoadedConfig,
  files: readonly string[] | undefined,
  accepts: (name: string) => boolean,
): Promise<TestPlan> {
  const named = files ?? (await testFilesIn(config.directory));
  const suites = [
    ...(files === undefined ? [await suiteInConfig(config, config.file)] : []),
    ...(await Promise.all(named.map((file) => suiteInFile(config, file)))),
  ];
  const findings = suites.flatMap((suite) => suite.findings);
  if (hasErrors(findings)) throw new ConfigError(findings);
  const found = suites.flatMap(({ cases }) => cases).filter(({ name }) => accepts(name));
  refuseSharedCassettes(suites);
  const pipelines = new Map<string, PipelinePlan>();
  const scripts = new Set<string>();
  for (const name of new Set(found.map(({ pipeline }) => pipeline))) {
    const { plan, scriptFiles } = await resolvePipeline(config, name);
    pipelines.set(name, plan);
    for (const file of scriptFiles) scripts.add(file);
  }
  const planner = new ScriptPlanner(config);
  const cases: PlannedCase[] = [];
  for (const one of found) {
    refuseUnknownOutputs(one, pipelines.get(one.pipeline)?.outputs ?? []);
    refuseUnknownStages(one, pipelines.get(one.pipeline)?.stages ?? []);
    cases.push(await planner.planned(one));
  }
  const isFileConfig = config.document.text !== undefined;
  const ownFiles = [...(isFileConfig ? [config.file] : []), ...named, ...scripts];
  const others = await testFilesIn(config.directory);
  return {
    config,
    cases,
    pipelines,
    tables: planner.tables,
    files: [...ownFiles, ...found.flatMap((one) => [...filesReadBy(one), ...goldenOf(one)])],
    sources: [...ownFiles, config.file, ...others, ...suites.flatMap((suite) => suite.cases).flatMap(filesReadBy)],
  };
}

/** The files that decide what comes out of a case. */
function filesReadBy({ input, ai }: TestCase): readonly string[] {
  return [...('file' in input ? [input.file] : []), ...(ai.kind === 'cassette' ? [ai.file] : [])];
}

function goldenOf({ output }: TestCase): readonly string[] {
  return output !== undefined && 'file' in output ? [output.file] : [];
}

/** Two test files of a folder may have cases of the same name. @throws ConfigError */
function refuseSharedCassettes(suites: readonly TestSuite[]): void {
  const owners = new Map<string, TestCase>();
  for (const one of suites.flatMap(({ cases }) => cases)) {
    if (one.ai.kind !== 'cassette' || one.ai.isNamed) continue;
    const other = owners.get(one.ai.file);
    if (other !== undefined && other.file !== one.file) {
      const message = `the case ${JSON.stringify(one.name)} has the same cassette as one in ${other.file}`;
      const hint = 'rename it, or give both ai: { cassette: NAME }';
      throw new ConfigError([blameFile(one.file)('repeated-name', message, hint)]);
    }
    owners.set(one.ai.file, one);
  }
}

/** @throws ConfigError */
function refuseUnknownOutputs(
  { name, file, outputs = {} }: TestCase,
  plans: NonNullable<PipelinePlan['outputs']>,
): void {
  const known = outputNames(plans);
  for (const output of Object.keys(outputs)) {
    if (known.includes(output)) continue;
    const message = `the case ${JSON.stringify(name)} names an output ${JSON.stringify(output)}, which its pipeline does not have`;
    const hint = didYouMean(output, known) ?? (known.length === 0 ? 'it has none' : `outputs: ${known.join(', ')}`);
    throw new ConfigError([blameFile(file)('invalid-value', message, hint)]);
  }
}

/** @throws ConfigError */
function refuseUnknownStages({ name, file, faults }: TestCase, stages: PipelinePlan['stages']): void {
  const known = stages.filter(isAiStage).map((stage) => stage.name);
  for (const { stage } of faults) {
    if (stage === undefined || known.includes(stage)) continue;
    const message = `the case ${JSON.stringify(name)} has a fault at a stage ${JSON.stringify(stage)}, and its pipeline asks no provider there`;
    const hint =
      didYouMean(stage, known) ?? (known.length === 0 ? 'it asks none at all' : `stages: ${known.join(', ')}`);
    throw new ConfigError([blameFile(file)('invalid-value', message, hint)]);
  }
}

class ScriptPlanner {
  readonly #config: LoadedConfig;
  readonly #tables: ScriptTables;

  constructor(config: LoadedConfig) {
    this.#config = config;
    this.#tables = new ScriptTables(configTables(config, config));
  }

  get tables(): OpenTables | undefined {
    return this.#tables.opened.tables;
  }

  async planned({ expect, ai, ...rest }: TestCase): Promise<PlannedCase> {
    const expected =
      expect === undefined
        ? undefined
        : 'every' in expect
          ? { every: await this.#plan(expect.every) }
          : { each: await Promise.all(expect.each.map((one) => this.#plan(one))) };
    const answers =
      ai.kind === 'given' ? { ...ai, answers: await Promise.all(ai.answers.map((one) => this.#answer(one))) } : ai;
    return { ...rest, ai: answers, ...(expected && { expect: expected }) };
  }

  async #answer({ when, ...rest }: TestAnswer<ScriptSource>): Promise<TestAnswer<ScriptPlan>> {
    return { ...rest, ...(when && { when: await this.#plan(when) }) };
  }

  async #plan(source: ScriptSource): Promise<ScriptPlan> {
    return (await planScript(source, scriptOptions(this.#config), this.#config, this.#tables)).plan;
  }
}
