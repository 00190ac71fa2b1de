import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../support/cli.js';
import { startFakeProvider } from '../support/fake-provider.js';

/** Text that only the AI floor has in it. */
const AI_ONLY = 'anthropic-ratelimit';
/** And only the durable log. */
const LOG_ONLY = 'an event must be one JSON value without line breaks';

/** Texts of what an AI stage may need, but not each. */
const PARTS = {
  lmdb: 'enableNullTermination',
  prices: 'price_key',
  'the wire of OpenAI': 'OpenAI-Organization',
  'the wire of compatible servers': 'OpenAICompatibleChat',
  'the wire of Anthropic': 'anthropic.messages',
  'the wire of Google': 'google.generative-ai',
  'a tokenizer': 'o200k',
  "the daemon's server": 'FST_ERR_',
  NATS: 'Nats-Expected-Stream',
  'JSON Schema': 'ajv/dist/runtime',
  'the schema of configs': 'The JSON Schema that editors complete from.',
  zod: 'ZodEncodeError',
};

type Part = keyof typeof PARTS;

/** Writes down, at the end of the process, which files of the built CLI it read. */
const SPY = `
const fs = require('node:fs');
const { readFileSync } = fs;
const read = [];
fs.readFileSync = (path, ...rest) => {
  if (/[\\\\/]dist[\\\\/][^\\\\/]+[.]js$/.test(String(path))) read.push(String(path));
  return readFileSync(path, ...rest);
};
process.on('exit', () => {
  const brought = process.moduleLoadList.map((name) => name.replace(/^NativeModule /, ''));
  fs.writeFileSync(process.env.SPY_FILE, JSON.stringify({ read, brought }));
});
`;

/** What Node brings, and takes long to load. */
const HEAVY = ['http', 'https', 'http2', 'tls', 'child_process', 'worker_threads', 'internal/deps/undici/undici'];

/** The text of everything that a command loads of the built CLI. */
async function loadedBy(args: readonly string[], config = '', code = 0): Promise<string> {
  return (await loads(args, config, code)).text;
}

/** @returns the text of what is loaded, and what is loaded of {@link HEAVY} */
async function loads(args: readonly string[], config = '', code = 0) {
  const cwd = scratch();
  writeFileSync(join(cwd, 'spy.cjs'), SPY);
  if (config !== '') writeFileSync(join(cwd, 'colloquium.yaml'), config);
  const env = { NODE_OPTIONS: `--require=${join(cwd, 'spy.cjs')}`, SPY_FILE: join(cwd, 'loaded.json') };
  const { exit, stderr } = await runCli(args, { cwd, env, input: '{"n":1}\n' });
  expect(exit, stderr).toBe(code);
  const { read, brought } = JSON.parse(readFileSync(join(cwd, 'loaded.json'), 'utf8')) as Record<string, string[]>;
  expect(read?.length).toBeGreaterThan(1);
  const text = (read ?? []).map((file) => readFileSync(file, 'utf8')).join('\n');
  return { text, heavy: HEAVY.filter((name) => brought?.includes(name)) };
}

function partsIn(text: string): readonly string[] {
  return Object.keys(PARTS).filter((part) => text.includes(PARTS[part as Part]));
}

const CONFIG = `
ai_providers: { openai: { api_key: k } }
pipelines: { default: { stages: [ { computo: [$input] } ] } }
`;

function askingAt({ url, apiKey }: { readonly url: string; readonly apiKey: string }): string {
  return `
ai_providers: { openai: { api_key: ${apiKey}, base_url: "${url}" } }
state_dir: ./state
pipelines: { default: { stages: [ { ai: { model: gpt-4o-mini, request: ${QUESTION}, into: /a } } ] } }
`;
}

const QUESTION = '[obj, model, gpt-4o-mini, messages, [[obj, role, user, content, hi]], max_tokens, 9]';

describe('start-up', () => {
  it.each([
    ['a script', ['-e', '["$input"]'], ''],
    ['a pipeline without AI stages, although providers are configured', [], CONFIG],
    ['a dry run of such', ['--dry-run'], CONFIG],
    ['a check of such', ['check'], CONFIG],
  ])('of %s loads nothing of AI', async (_, args, config) => {
    expect((await loadedBy(args, config)).includes(AI_ONLY)).toBe(false);
  });

  it('of cost loads it: the test can fail', async () => {
    expect((await loadedBy(['cost'])).includes(AI_ONLY)).toBe(true);
  });

  it('of a script loads nothing of the log, of what AI stages need, and of what takes Node long', async () => {
    const { text, heavy } = await loads(['-e', '["$input"]']);
    expect(text.includes(LOG_ONLY)).toBe(false);
    expect(partsIn(text)).toEqual([]);
    expect(heavy).toEqual([]);
  });

  it('of an AI stage loads the wire that it asks by, and nothing that it does not need', async () => {
    const fake = await startFakeProvider({ wire: 'openai' });
    const { text, heavy } = await loads([], askingAt(fake));
    await fake.close();
    expect(fake.records).toHaveLength(1);
    expect(fake.deviations).toEqual([]);
    expect(partsIn(text)).toEqual(['lmdb', 'prices', 'the wire of OpenAI', 'the schema of configs']);
    // Whoever takes a lock listens, which loads child_process.
    expect(heavy).not.toContain('internal/deps/undici/undici');
    expect(heavy).not.toContain('worker_threads');
  });

  it('of a config that is wrong loads zod, which says how: the test can fail', async () => {
    expect(partsIn(await loadedBy(['check'], `${CONFIG}server: { port: high }\n`, 78))).toContain('zod');
    expect(partsIn(await loadedBy(['check'], CONFIG))).not.toContain('zod');
  });

  it('of a replay loads it, though it finds none: the test can fail', async () => {
    expect((await loadedBy(['replay', '--since', '0'], CONFIG, 2)).includes(LOG_ONLY)).toBe(true);
  });
});
