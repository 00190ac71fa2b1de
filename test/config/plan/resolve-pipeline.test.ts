import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import {
  ConfigError,
  loadConfig,
  resolvePipeline,
  resolveScript,
  type LoadedConfig,
  type PipelinePlan,
} from '../../../src/config/index.js';
import { folderWith } from '../folder.js';

async function load(
  text: string,
  files: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<LoadedConfig> {
  const folder = await folderWith({ 'colloquium.yaml': text, ...files });
  const config = await loadConfig({ kinds: KINDS, cwd: folder, env, home: '/home/someone' });
  if (config === undefined) throw new Error('not loaded');
  return config;
}

const plan = async (
  text: string,
  files?: Record<string, string>,
  env?: Record<string, string>,
): Promise<PipelinePlan> => (await resolvePipeline(await load(text, files, env), 'default')).plan;

async function problems(text: string, files?: Record<string, string>): Promise<string[]> {
  const error: unknown = await plan(text, files).catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw new Error('resolved');
  return error.diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe('a resolved pipeline', () => {
  it('has its scripts, wherever they stand', async () => {
    const { stages } = await plan(
      'scripts: {named: [$input], other: named, filed: ./s/b.json}\npipelines:\n  default:\n    stages:\n' +
        '      - computo: named\n      - filter: [">", 1, 0]\n      - {computo: ./s/a.json, name: third}\n      - computo: other\n      - computo: filed\n      - computo: {a: 123456789012345678901}\n',
      { 's/a.json': '// file\n["$inputs"]', 's/b.json': '1' },
    );
    expect(stages).toMatchObject([
      { kind: 'computo', name: 'computo-1', script: { script: ['$input'] } },
      { kind: 'filter', name: 'filter-2', script: { script: ['>', 1, 0] } },
      { kind: 'computo', name: 'third', script: { script: ['$inputs'] } },
      { kind: 'computo', name: 'computo-4', script: { script: ['$input'] } },
      { kind: 'computo', name: 'computo-5', script: { script: 1 } },
      { kind: 'computo', name: 'computo-6', script: { script: { a: 123456789012345678901n } } },
    ]);
    expect(stages).toHaveLength(6);
  });

  it('refuses an AI stage that cannot work, as check does, and warns of what is hardly meant', async () => {
    const head = 'ai_providers: { openai: { api_key: k, models: [small] } }\npipelines:\n  default:\n    stages:\n';
    const asking = (more: string): string => `${head}      - ai: { model: small, prompt: "\${/q}", ${more} }\n`;
    expect(await problems(`${head}      - ai: { model: big, prompt: "\${/q}" }\n`)).toEqual(['5:22 unknown-model']);
    const model = '{ model: big, provider: openai, prompt: "${/q}" }';
    expect(await problems(`${head}      - ai: { request: ${model} }\n`)).toEqual(['5:33 unknown-model']);
    expect(await problems(asking('system: "${/q"'))).toEqual(['5:54 invalid-value']);
    expect(await problems(asking('tags: { a: "${/q" }'))).toEqual(['5:54 invalid-value']);
    expect(await problems(asking('tool_choice: auto'))).toEqual(['5:59 invalid-value']);
    const file = `${head}      - ai: { model: small, prompt_file: ./p.md }\n`;
    expect(await problems(file, { 'p.md': 'of ${/q' })).toEqual(['5:42 invalid-value']);
    const unnamed = asking('into: /a, name: ai-2') + '      - ai: { model: small, prompt: "${/q}" }\n';
    expect(await problems(unnamed)).toEqual(['6:9 repeated-name']);
    const lonely =
      asking('fallback_on: [truncated]') + '      - { filter: /a, name: b }\n      - { filter: /c, name: b }\n';
    const { warnings } = await resolvePipeline(await load(lonely), 'default');
    expect(warnings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning repeated-name',
      'warning invalid-value',
    ]);
  });

  it('asks by the text of a file, which counts to its files, by what is left as it is, or by a map', async () => {
    const text =
      'pipelines:\n  default:\n    stages:\n      - ai: { model: gpt-4o, prompt_file: ./p/ask.md, seed: 1 }\n' +
      '      - ai: { model: gpt-4o, prompt: "${/a} in ${LANG}", system: "${/s}" }\n' +
      '      - ai: { request: { model: claude-3-haiku, prompt: "${/a}" } }\n';
    const config = await load(text, { 'p/ask.md': 'Of ${/a}?' }, { LANG: 'de', OPENAI_API_KEY: 'k' });
    const { plan: resolved, scriptFiles } = await resolvePipeline(config, 'default');
    expect(resolved.stages).toMatchObject([
      { request: { template: { prompt: 'Of ${/a}?' } }, defaults: { seed: 1 }, providers: ['openai'] },
      { request: { template: { prompt: '${/a} in ${LANG}', system: '${/s}' } }, providers: ['openai'] },
      { request: { template: { model: 'claude-3-haiku', prompt: '${/a}' } }, providers: ['anthropic'] },
    ]);
    expect(scriptFiles).toEqual([join(config.directory, 'p/ask.md')]);
  });

  it('prefers a name under scripts to a file of the same name', async () => {
    const text = 'scripts: {./a.json: 1}\npipelines: {default: {stages: [computo: ./a.json]}}';
    const { plan: resolved, sources } = await resolvePipeline(await load(text, { 'a.json': '2' }), 'default');
    expect(resolved.stages[0]).toMatchObject({ script: { script: 1 } });
    expect([...sources.values()]).toMatchObject([{ name: './a.json', script: 1 }]);
  });

  it('has absolute paths, bytes and milliseconds', async () => {
    const config = await load(
      'pipelines:\n  default:\n    outputs:\n      - {file: ./out/a, when: error, rotate_size: 1MB, rotate_every: 1d, retention_days: 7, gzip: true, pattern: "x-{number}"}\n' +
        '      - {stdout: true, envelope: true, when: [a, b]}\n    dead_letter: "${DEAD}"\n    budget: 2.50\n    on_error: {default: {a: 1}}\n',
      {},
      { DEAD: '~/dead' },
    );
    expect((await resolvePipeline(config, 'default')).plan).toEqual({
      name: 'default',
      stages: [],
      outputs: [
        {
          kind: 'file',
          file: join(config.directory, 'out/a'),
          when: ['error'],
          rotateSize: 1_048_576,
          rotateEvery: 86_400_000,
          retentionDays: 7,
          gzip: true,
          encrypt: false,
          pattern: 'x-{number}',
          envelope: false,
        },
        { kind: 'stdout', envelope: true, when: ['a', 'b'] },
      ],
      deadLetter: { file: '/home/someone/dead', gzip: false, encrypt: false },
      budget: '2.5',
      onError: { kind: 'default', data: { a: 1 } },
    });
  });

  it('has AI stages with all providers, unless it says which', async () => {
    const { stages } = await plan(
      'ai_providers: {openai: {}, google: {}}\npipelines:\n  default:\n    stages:\n      - ai: {request: [$input]}\n      - computo: 1\n' +
        '      - ai: {request: [$input], providers: [google], schema: ./s.json, into: /ai, route: ordered, max_tokens: 5, dedupe: true, in_doubt: hold, model: m, name: label}\n',
      { 's.json': '{"type": "object"}' },
    );
    expect(stages[0]).toMatchObject({
      kind: 'ai',
      name: 'ai-1',
      providers: ['openai', 'google'],
      route: 'cheapest',
      maxTokens: 1000,
      dedupe: false,
    });
    expect(stages[2]).toMatchObject({
      kind: 'ai',
      name: 'label',
      providers: ['google'],
      schema: { type: 'object' },
      into: '/ai',
      route: 'ordered',
      maxTokens: 5,
      dedupe: true,
      inDoubt: 'hold',
      model: 'm',
    });
  });

  it('has the dialect and the limits of the config', async () => {
    const { stages } = await plan(
      'computo: {dialect: classic, portable: true, limits: {steps: 10, output_size: 1KB}, permuto: {missing: remove}}\npipelines: {default: {stages: [computo: 1]}}',
    );
    expect(stages).toMatchObject([
      {
        script: {
          options: {
            dialect: 'classic',
            portable: true,
            limits: { steps: 10, outputSize: 1024 },
            permuto: { interpolation: false, missing: 'remove' },
          },
        },
      },
    ]);
  });

  it('is refused with everything that is wrong', async () => {
    const text =
      'ai_providers: {openai: {}}\npipelines:\n  default:\n    stages:\n      - computo: nope\n      - computo: ./none.json\n      - filter: [">", 1]\n' +
      '      - ai: {request: 1, providers: [opnai], schema: ./none.json}\n    outputs: [{file: a}, {file: ./a}]\n';
    expect(await problems(text)).toEqual([
      '5:18 unknown-script',
      '6:18 file-not-found',
      '7:17 wrong-arity',
      '8:38 unknown-provider',
      '8:54 file-not-found',
      '9:33 shared-output-file',
    ]);
  });

  it('is refused if a script file is broken, at its place in that file', async () => {
    expect(
      await problems('pipelines: {default: {stages: [computo: ./a.json, computo: ./a.json]}}', { 'a.json': '[1,\n 2' }),
    ).toEqual(['2:3 syntax-error']);
  });

  it('is not there under another name', async () => {
    const config = await load('pipelines: {default: {}, other: {}}');
    await expect(resolvePipeline(config, 'othr')).rejects.toMatchObject({
      diagnostics: [{ code: 'unknown-pipeline', hint: 'did you mean "other"?' }],
    });
  });
});

describe('a script by name', () => {
  it('is found, or its nearest', async () => {
    const config = await load('scripts: {one: 1, two: ./two.json}', { 'two.json': '2' });
    expect((await resolveScript(config, 'one')).script).toBe(1);
    expect((await resolveScript(config, 'two')).script).toBe(2);
    await expect(resolveScript(config, 'tow')).rejects.toMatchObject({
      diagnostics: [{ code: 'unknown-script', hint: 'did you mean "two"?' }],
    });
    await expect(resolveScript(config, 'toString')).rejects.toBeInstanceOf(ConfigError);
  });
});
