import { formatPointer, type CheckOptions, type TableShape } from 'computo-js';
import { dirname } from 'node:path';
import { byPlace, ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { filledText, type Env } from '../env/index.js';
import type { ConfigKinds, MapTemplate } from '../kinds/index.js';
import { plainTransports } from '../load/plain-transports.js';
import { readDocument } from '../load/read-document.js';
import type { PathBase } from '../load/resolve-path.js';
import { validateDocument, validatePart, type ConfigText } from '../load/validate.js';
import type { ScriptOptions } from '../plan/pipeline-plan.js';
import { readTables } from '../plan/config-tables.js';
import { pipelinesOf } from '../plan/pipelines-of.js';
import { toScriptOptions } from '../plan/script-options.js';
import { ScriptResolver } from '../plan/script-resolver.js';
import { memberProblems } from '../plan/member-problems.js';
import { knownSecrets } from '../plan/script-secrets.js';
import { scriptSites, stagesOf } from '../plan/script-sites.js';
import { withVendors } from '../plan/vendors.js';
import { constantKeysOf, settingProblems } from '../plan/setting-problems.js';
import { ConfigSchema } from '../schema.js';
import { computo } from '../schema/processing.js';
import { checkShapes, stepsOf, type Sample } from '../shape/index.js';
import { checkScript, type ScriptSource } from '../script/index.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';
import { checkSuites } from '../tests/index.js';
import { aiStagesOf, checkAiStages, serversOf, type AiStage } from './ai-stages.js';
import { unbatchedStages } from './batched-stages.js';
import { uncachedStages } from './cached-stages.js';
import { encryptedFleet, encryptionKeys } from './encryption-keys.js';
import { misnamedOutputs } from './file-names.js';
import { filesOfSeveralPipelines, outputsInWatchedFolders, sharedOutputFiles } from './output-files.js';
import { outputsOntoOwnFiles } from './own-files.js';
import { isTemplate } from '../plan/request-literal.js';
import { unpricedModels, type IsPriced } from './unpriced-models.js';
import { sameRequest } from './same-request.js';
import { unreachedOutputs } from './routes.js';
import { unknownPipelines } from './sources.js';
import { stateInFleet } from './state-in-fleet.js';
import { weakTokensIn } from './weak-tokens.js';
import { windowsWithoutTime } from './windows-without-time.js';
import { secretsInClear } from './secrets-in-clear.js';

export interface CheckConfigOptions {
  /** The kinds of stages, outputs, sources and providers that the config may use. */
  readonly kinds: ConfigKinds;
  /** Absolute path of the config. */
  readonly file: string;
  readonly env: Env;
  /** The user's home folder. */
  readonly home: string;
  readonly isPriced: IsPriced;
  /** The shape of the pipelines' input, from real data. */
  readonly sample?: Sample;
  /** The only pipeline that the sample applies to. Default: all. */
  readonly samplePipeline?: string;
  /** Test files for it besides those in its folder, absolute. */
  readonly testFiles?: readonly string[];
}

/**
 * Finds everything wrong with a config, its scripts and its schemas that can be found without running it, sorted by place. A
 * mistake in one place does not keep other places from being checked. Needs no network and no secrets.
 */
export async function checkConfig({ file, ...options }: CheckConfigOptions): Promise<readonly Diagnostic[]> {
  try {
    const { document: written, warnings } = await readDocument(file);
    const { env, kinds } = options;
    const document = withVendors(written, env, kinds.vendors);
    const base: PathBase = { directory: dirname(file), home: options.home };
    const config = { document, env, kinds, schema: new ConfigSchema(kinds) };
    const findings = [
      ...warnings,
      ...validateDocument(config),
      ...(await new Checker(config, base, options).check(file)),
    ];
    return distinctFindings(findings).sort(byPlace);
  } catch (error) {
    if (error instanceof ConfigError) return [...error.diagnostics];
    throw error;
  }
}

class Checker {
  readonly #config: ConfigText;
  readonly #document: SourceDocument;
  readonly #base: PathBase;
  readonly #given: Omit<CheckConfigOptions, 'file'>;
  readonly #resolver: ScriptResolver;
  readonly #options: ScriptOptions;
  /** What is known of the tables, by name. */
  #tables: Readonly<Record<string, TableShape>> = {};
  /** Findings of checked scripts, by the scripts' places: several places may name one script. */
  readonly #checked = new Map<string, readonly Diagnostic[]>();
  /** The scripts of all pipelines, by the places that name or contain them. */
  readonly #scripts = new Map<string, ScriptSource | undefined>();
  readonly #scriptAt = (pointer: string): ScriptSource | undefined => this.#scripts.get(pointer);

  constructor(config: ConfigText, base: PathBase, given: Omit<CheckConfigOptions, 'file'>) {
    const { document } = config;
    this.#config = config;
    this.#document = document;
    this.#base = base;
    this.#given = given;
    this.#resolver = new ScriptResolver(document, base);
    const section = nodeAt(document.root, '/computo');
    const schema = computo().prefault({});
    const { value } = validatePart(config, schema, ['computo'], section, 'warning');
    this.#options = toScriptOptions(value ?? schema.parse({}));
  }

  async check(file: string): Promise<Diagnostic[]> {
    const known = [...(nodeAt(this.#document.root, '/ai_providers')?.entries?.keys() ?? [])];
    const { tables, findings: ofTables } = await readTables(this.#config, this.#base);
    this.#tables = Object.fromEntries([...tables].map(([name, table]) => [name, { shape: table?.shape }]));
    const findings: Diagnostic[] = [...ofTables];
    for (const [name, { node }] of pipelinesOf(this.#document)) {
      findings.push(...(await this.#pipeline(['pipelines', name], name, node, known)));
    }
    const used = new Set(this.#resolver.used);
    for (const [name, { node }] of nodeAt(this.#document.root, '/scripts')?.entries ?? []) {
      this.#script(await this.#resolver.resolve(['scripts', name], node));
      if (pipelinesOf(this.#document).size > 0 && !used.has(name)) findings.push(this.#unused(name));
    }
    return [
      ...findings,
      ...this.#resolver.findings,
      ...[...this.#checked.values()].flat(),
      ...filesOfSeveralPipelines(this.#config, this.#base),
      ...unknownPipelines(this.#document),
      ...outputsInWatchedFolders(this.#config, this.#base),
      ...unpricedModels(this.#config, known, this.#given.isPriced, this.#scriptAt),
      ...secretsInClear(this.#document),
      ...weakTokensIn(this.#document, this.#config.env),
      ...encryptedFleet(this.#document),
      ...encryptionKeys(this.#config, this.#base),
      ...plainTransports(this.#document, this.#config.env),
      ...(await checkSuites({ ...this.#config, ...this.#base }, file, this.#scriptOptions(), this.#given.testFiles)),
    ];
  }

  async #pipeline(
    path: readonly string[],
    name: string,
    node: SourceNode,
    known: readonly string[],
  ): Promise<Diagnostic[]> {
    const judged = await this.#stages(path, node);
    const { sample, samplePipeline = name } = this.#given;
    const stages = aiStagesOf(path, node, this.#config.kinds.stages);
    const servers =
      stages.length === 0
        ? undefined
        : stages.flatMap((stage) => serversOf(this.#config, stage, known, this.#scriptAt));
    return [
      ...judged,
      ...(await checkAiStages(this.#config, this.#base, stages, known, this.#scriptAt)),
      ...this.#sameRequests(stages),
      ...uncachedStages(this.#config, stages, known, this.#scriptAt),
      ...unbatchedStages(this.#config, stages, known, this.#scriptAt),
      ...misnamedOutputs(this.#config, name),
      ...sharedOutputFiles(this.#config, this.#base, name),
      ...outputsOntoOwnFiles(this.#config, this.#base, { pipeline: name, scripts: this.#resolver.scriptFiles }),
      ...settingProblems(this.#config, path),
      ...stateInFleet(this.#config, path, node),
      ...windowsWithoutTime(this.#config, path, node),
      ...unreachedOutputs(
        this.#document,
        path,
        node,
        this.#scriptAt(formatPointer([...path, 'routing_key'])),
        servers,
        this.#config.kinds.stages,
      ),
      ...checkShapes(
        stepsOf(this.#document, path, node, this.#config.kinds.stages, this.#scriptAt),
        { ...this.#options, tables: this.#tables },
        samplePipeline === name ? sample : undefined,
      ),
    ];
  }

  /** Reads the scripts and text files of a pipeline's stages. */
  async #stages(path: readonly string[], node: SourceNode): Promise<readonly Diagnostic[]> {
    const { stages: kinds } = this.#config.kinds;
    const findings: Diagnostic[] = [];
    const judges = new Map<string, MapTemplate>();
    /** Of keys that are reported as maps: what they say needs no other word. */
    const reported = new Set<string>();
    for (const { path: at, node: stage, kind } of stagesOf(path, node, kinds)) {
      for (const { below } of constantKeysOf({ node: stage, kind })) reported.add(formatPointer([...at, ...below]));
      for (const one of kind?.mapTemplates ?? []) judges.set(formatPointer([...at, ...one.at]), one);
      for (const below of kind?.textFiles ?? []) {
        const file = filledText(nodeAt(stage, formatPointer(below))?.value ?? null, this.#config.env);
        if (file !== undefined) await this.#resolver.textFile([...at, ...below], file, kind?.textProblem);
      }
    }
    for (const site of scriptSites(path, node, kinds)) {
      const pointer = formatPointer(site.path);
      const script = await this.#resolver.resolve(site.path, site.node);
      this.#scripts.set(pointer, script);
      const judge = judges.get(pointer);
      if (judge !== undefined && script !== undefined) findings.push(...memberProblems(judge, script));
      if (reported.has(pointer)) continue;
      if (judge === undefined || (script !== undefined && !isTemplate(script))) this.#script(script);
    }
    return findings;
  }

  #sameRequests(stages: readonly AiStage[]): readonly Diagnostic[] {
    return stages.flatMap((stage) => {
      const request = this.#scriptAt(formatPointer([...stage.path, 'request']));
      const fileText = this.#resolver.textAt(formatPointer([...stage.path, 'prompt_file']));
      return sameRequest(this.#document, stage, { request, fileText });
    });
  }

  #scriptOptions(): CheckOptions {
    return { ...this.#options, ...knownSecrets({ document: this.#document }), tables: this.#tables };
  }

  #script(source: ScriptSource | undefined): void {
    if (source === undefined) return;
    const key = `${source.origin.document.file}\0${source.origin.pointer}`;
    if (this.#checked.has(key)) return;
    this.#checked.set(key, checkScript(source, this.#scriptOptions()));
  }

  #unused(name: string): Diagnostic {
    const message = `no pipeline uses the script ${JSON.stringify(name)}`;
    const hint = 'remove it, unless you run it with -s';
    return diagnose(
      this.#document,
      formatPointer(['scripts', name]),
      { severity: 'warning', code: 'unused-script', message, hint },
      'key',
    );
  }
}

/**
 * Keeps one finding per mistake: an anchor's text is checked once for each place that uses it, and its findings differ only
 * before the colon.
 */
export function distinctFindings(findings: readonly Diagnostic[]): Diagnostic[] {
  const byMistake = new Map<string, Diagnostic>();
  for (const finding of findings) {
    const { file, line, column, code, message, frame } = finding;
    const said = frame === undefined ? message : message.replace(/^[^ ]+: /, '');
    const key = `${file}:${line}:${column} ${code} ${said}`;
    if (!byMistake.has(key)) byMistake.set(key, finding);
  }
  return [...byMistake.values()];
}
