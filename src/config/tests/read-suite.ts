import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatPointer } from 'computo-js';
import { ConfigError, didYouMean, type Diagnostic } from '../diagnostic/index.js';
import { unknownKey } from '../load/explain.js';
import { readDocument } from '../load/read-document.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import { partAt, validatePart, type ConfigText } from '../load/validate.js';
import { pipelinesOf } from '../plan/pipelines-of.js';
import { ScriptResolver } from '../plan/script-resolver.js';
import {
  testCase,
  testCases,
  testFileKeys,
  type EventsOrFile,
  type TestAi,
  type TestCaseConfig,
} from '../schema/tests.js';
import type { ScriptSource } from '../script/index.js';
import { diagnose, nodeAt, type Finding, type SourceDocument } from '../source/index.js';
import { lineStarts, positionAt } from '../source/index.js';
import { momentOf } from './moment.js';
import type { TestAnswers, TestCase, TestEvents } from './test-plan.js';

/** The test cases of one file. */
export interface TestSuite {
  /** Absolute. */
  readonly file: string;
  readonly cases: readonly TestCase[];
  /** Mistakes; a case with one is not among the cases. */
  readonly findings: readonly Diagnostic[];
}

/** The config that test cases are for. */
export interface TestedConfig extends ConfigText, PathBase {}

/** When simulated time begins. */
const NOW_DEFAULT = Date.UTC(2026, 0, 1);
const CASSETTES = 'cassettes';
const SLUG_LENGTH_MAX = 80;

/** Reads the test cases that stand in the config itself. @param file of the config, absolute */
export async function suiteInConfig(config: TestedConfig, file: string): Promise<TestSuite> {
  if (partAt(config.document, ['tests']) === undefined) return { file, cases: [], findings: [] };
  return await readCases(config, config.document, file);
}

/** Reads a test file. @param file absolute */
export async function suiteInFile(config: TestedConfig, file: string): Promise<TestSuite> {
  try {
    const { document, warnings } = await readDocument(file);
    const known = Object.keys(testFileKeys());
    const unknown = [...(document.root.entries?.keys() ?? [])].filter((key) => !known.includes(key));
    const findings = unknown.map((key) =>
      unknownKey(document, [], key, didYouMean(key, known) ?? `known keys: ${known.join(', ')}`),
    );
    const suite = await readCases(config, document, file);
    return { ...suite, findings: [...warnings, ...findings, ...suite.findings] };
  } catch (error) {
    if (error instanceof ConfigError) return { file, cases: [], findings: error.diagnostics };
    throw error;
  }
}

async function readCases(config: TestedConfig, document: SourceDocument, file: string): Promise<TestSuite> {
  const node = partAt(document, ['tests']);
  const { env, kinds } = config;
  if (node?.items === undefined) {
    const { diagnostics } = validatePart({ document, env, kinds }, testCases(), ['tests'], node, 'error');
    return { file, cases: [], findings: diagnostics };
  }
  const reader = new CaseReader(config, document, file);
  const cases: TestCase[] = [];
  const schema = testCase();
  for (const [index, item] of node.items.entries()) {
    const path = ['tests', String(index)];
    const { value, diagnostics } = validatePart({ document, env, kinds }, schema, path, item, 'error');
    reader.findings.push(...diagnostics);
    const read = value && (await reader.read(value, path));
    if (read !== undefined) cases.push(read);
  }
  return { file, cases, findings: [...reader.findings, ...reader.scripts.findings] };
}

class CaseReader {
  readonly findings: Diagnostic[] = [];
  readonly scripts: ScriptResolver;
  readonly #config: TestedConfig;
  readonly #document: SourceDocument;
  readonly #file: string;
  readonly #base: PathBase;
  readonly #names = new Set<string>();
  /** The cases by the cassettes that their names give them. */
  readonly #cassettes = new Map<string, string>();

  constructor(config: TestedConfig, document: SourceDocument, file: string) {
    this.#config = config;
    this.#document = document;
    this.#file = file;
    this.#base = { directory: dirname(file), home: config.home };
    this.scripts = new ScriptResolver(document, this.#base);
  }

  async read(written: TestCaseConfig, path: readonly string[]): Promise<TestCase | undefined> {
    const before = this.findings.length + this.scripts.findings.length;
    const { name, pipeline, input, output, expect, ai, cost, now, ...rest } = written;
    if (this.#names.has(name))
      this.#refuse([...path, 'name'], 'repeated-name', `two cases are named ${JSON.stringify(name)}`);
    this.#names.add(name);
    this.#checkPipeline(pipeline, [...path, 'pipeline'], path);
    this.#checkProviders(written, path);
    const expected = expect === undefined ? undefined : await this.#expect(path);
    const answers = await this.#answers(ai, name, path);
    const events = this.#events(input);
    if ('file' in events && !existsSync(events.file)) {
      this.#refuse([...path, 'input'], 'file-not-found', `no file ${events.file}`);
    }
    if (this.findings.length + this.scripts.findings.length > before) return undefined;
    const line = this.#lineOf(path);
    return {
      ...rest,
      name,
      pipeline,
      file: this.#file,
      ...(line !== undefined && { line }),
      input: events,
      ...(output !== undefined && { output: this.#events(output) }),
      ...(expected && { expect: expected }),
      ai: answers,
      ...(cost && { costMax: cost.at_most }),
      now: (now === undefined ? undefined : momentOf(now)) ?? NOW_DEFAULT,
    };
  }

  #checkPipeline(name: string, at: readonly string[], test: readonly string[]): void {
    const known = [...pipelinesOf(this.#config.document).keys()];
    if (known.includes(name)) return;
    const place = nodeAt(this.#document.root, formatPointer(at)) === undefined ? test : at;
    const hint = didYouMean(name, known) ?? (known.length > 0 ? `pipelines: ${known.join(', ')}` : undefined);
    this.#refuse(place, 'unknown-pipeline', `no pipeline ${JSON.stringify(name)} in the config`, hint);
  }

  #checkProviders({ breakers = {}, faults }: TestCaseConfig, path: readonly string[]): void {
    const known = [...(nodeAt(this.#config.document.root, '/ai_providers')?.entries?.keys() ?? [])];
    const named: (readonly [string, readonly string[]])[] = [
      // Of a provider with several keys, each has a breaker: openai#2.
      ...Object.keys(breakers).map((name) => [name.replace(/#\d+$/, ''), [...path, 'breakers', name]] as const),
      ...faults.flatMap(({ provider }, index) =>
        provider === undefined ? [] : [[provider, [...path, 'faults', String(index), 'provider']] as const],
      ),
    ];
    for (const [name, at] of named) {
      if (known.includes(name)) continue;
      const message = `no AI provider ${JSON.stringify(name)} in the config`;
      this.#refuse(at, 'unknown-provider', message, didYouMean(name, known));
    }
  }

  async #expect(path: readonly string[]): Promise<TestCase['expect']> {
    const node = nodeAt(this.#document.root, formatPointer([...path, 'expect']));
    if (node?.items === undefined) {
      const every = await this.#script([...path, 'expect']);
      return every && { every };
    }
    const each = await Promise.all(node.items.map((_, index) => this.#script([...path, 'expect', String(index)])));
    return { each: each.filter((one) => one !== undefined) };
  }

  async #answers(ai: TestAi, name: string, path: readonly string[]): Promise<TestAnswers<ScriptSource>> {
    if (ai === 'live') return { kind: 'live' };
    if (ai === 'cassette') {
      const slug = slugOf(name);
      const other = this.#cassettes.get(slug);
      if (other !== undefined && other !== name) {
        const hint = 'give one of them ai: { cassette: NAME }';
        this.#refuse(
          path,
          'repeated-name',
          `its cassette has the name of that of ${JSON.stringify(other)}: ${slug}`,
          hint,
        );
      }
      this.#cassettes.set(slug, name);
      return { kind: 'cassette', file: this.#cassette(slug), isNamed: false };
    }
    if ('cassette' in ai) return { kind: 'cassette', file: this.#cassette(ai.cassette), isNamed: true };
    const answers = [];
    for (const [index, { when, text, json, error, tokens }] of ai.answers.entries()) {
      const script =
        when === undefined ? undefined : await this.#script([...path, 'ai', 'answers', String(index), 'when']);
      const gives = text !== undefined ? { text } : error !== undefined ? { error } : { json: json ?? null };
      answers.push({ gives, ...(script && { when: script }), ...(tokens && { tokens }) });
    }
    return { kind: 'given', answers };
  }

  #cassette(name: string): string {
    return join(this.#base.directory, CASSETTES, `${name}.jsonl`);
  }

  #events(written: EventsOrFile): TestEvents {
    return typeof written === 'string' ? { file: resolvePath(this.#base, written) } : { rows: written };
  }

  async #script(path: readonly string[]): Promise<ScriptSource | undefined> {
    const node = nodeAt(this.#document.root, formatPointer(path));
    return node && (await this.scripts.resolve(path, node));
  }

  #lineOf(path: readonly string[]): number | undefined {
    const { text, root } = this.#document;
    const node = nodeAt(root, formatPointer(path));
    return text === undefined || node === undefined ? undefined : positionAt(lineStarts(text), node.start).line;
  }

  #refuse(path: readonly string[], code: string, message: string, hint?: string): void {
    const finding: Finding = { severity: 'error', code, message, hint };
    this.findings.push(diagnose(this.#document, formatPointer(path), finding));
  }
}

/** A name as the name of a file. */
function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, SLUG_LENGTH_MAX);
  return slug === '' ? 'case' : slug;
}
