import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../support/cli.js';

/** Text that only the AI floor has in it. */
const AI_ONLY = 'anthropic-ratelimit';
/** And only the durable log. */
const LOG_ONLY = 'an event must be one JSON value without line breaks';

/** Writes down, at the end of the process, which files of the built CLI it read. */
const SPY = `
const fs = require('node:fs');
const { readFileSync } = fs;
const read = [];
fs.readFileSync = (path, ...rest) => {
  if (/[\\\\/]dist[\\\\/][^\\\\/]+[.]js$/.test(String(path))) read.push(String(path));
  return readFileSync(path, ...rest);
};
process.on('exit', () => fs.writeFileSync(process.env.SPY_FILE, JSON.stringify(read)));
`;

/** The text of everything that a command loads of the built CLI. */
async function loadedBy(args: readonly string[], config = '', code = 0): Promise<string> {
  const cwd = scratch();
  writeFileSync(join(cwd, 'spy.cjs'), SPY);
  if (config !== '') writeFileSync(join(cwd, 'colloquium.yaml'), config);
  const env = { NODE_OPTIONS: `--require=${join(cwd, 'spy.cjs')}`, SPY_FILE: join(cwd, 'loaded.json') };
  const { exit, stderr } = await runCli(args, { cwd, env, input: '1\n' });
  expect(exit, stderr).toBe(code);
  const files = JSON.parse(readFileSync(join(cwd, 'loaded.json'), 'utf8')) as string[];
  expect(files.length).toBeGreaterThan(1);
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

const CONFIG = `
ai_providers: { openai: { api_key: k } }
pipelines: { default: { stages: [ { computo: [$input] } ] } }
`;

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

  it('of a script loads nothing of the log', async () => {
    expect((await loadedBy(['-e', '["$input"]'])).includes(LOG_ONLY)).toBe(false);
  });

  it('of a replay loads it, though it finds none: the test can fail', async () => {
    expect((await loadedBy(['replay', '--since', '0'], CONFIG, 2)).includes(LOG_ONLY)).toBe(true);
  });
});
