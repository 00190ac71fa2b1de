import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bin, runCli, scratch, type CliResult } from '../support/cli.js';

/** A colour, the start of a sequence in C1, text from the right, no width, DEL. */
const EVIL = '\u001b[31m\u009b2J\u202e\u200b\u007f';
const ACTED_ON = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

function expectVisible({ stderr }: CliResult): void {
  expect(stderr).not.toMatch(ACTED_ON);
  expect(stderr).toMatch(/\\u001b|U\+001B/);
}

it.each([
  ['an operator’s name', ['-e', JSON.stringify([`op${EVIL}`, 1])], '1\n'],
  ['a script that is not JSON', ['-e', `[1, x${EVIL}]`], ''],
  ['a file’s name', ['-e', '["$input"]', `in${EVIL}.ndjson`], ''],
  ['a config’s name', ['-c', `config${EVIL}.yaml`], ''],
  ['a pipeline’s name', ['-p', `pipe${EVIL}`], ''],
  ['an option', [`--opt${EVIL}`], ''],
  ['an option’s value', ['--rotate', EVIL, '-e', '1'], ''],
])('%s in a message to a person is made visible', async (_, args, input) => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), 'pipelines: { default: { stages: [] } }\n');
  expectVisible(await runCli(args, { cwd, input }));
});

it('what is wrong in a config is told without what is in it', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), '"serv\\u001b\\u009b2J\\u202e": {}\n# \u202e\u200b\n');
  const result = await runCli(['check'], { cwd });
  expect(result.exit).toBe(78);
  expectVisible(result);
});

it('a dead letter on stderr stays JSON, and says the same; in a file it has the bytes that came', async () => {
  const input = `${JSON.stringify({ text: EVIL })}\nno json ${EVIL}\n`;
  const script = ['-e', '["+", 1, ["$input", "/text"]]'];
  const told = await runCli([...script, '--stats', 'json'], { input });
  expect(told.exit).toBe(3);
  expectVisible(told);
  const cwd = scratch();
  await runCli([...script, '--dead-letter', 'dead.ndjson'], { cwd, input });
  const kept = readFileSync(join(cwd, 'dead.ndjson'), 'utf8');
  const letters = (text: string): object[] =>
    text
      .split('\n')
      .slice(0, 2)
      .map((line) => JSON.parse(line) as { event?: { data: unknown }; raw?: string });
  const essence = (text: string): unknown[] =>
    letters(text).map((letter) =>
      'event' in letter ? (letter.event as { data: unknown }).data : (letter as { raw: string }).raw,
    );
  expect(essence(told.stderr)).toEqual(essence(kept));
  expect(essence(kept)).toEqual([{ text: EVIL }, `no json ${EVIL}`]);
});

it('a trace, tables and findings of a log show what is in them', async () => {
  const trace = await runCli(['-e', '["obj", "t", ["$input", "/t"]]', '--limit', '1', '--trace'], {
    input: `${JSON.stringify({ t: EVIL })}\n`,
  });
  expectVisible(trace);

  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), 'state_dir: ./state\n');
  mkdirSync(join(cwd, 'state/tokens'), { recursive: true });
  const record = {
    id: '0123456789ab',
    name: EVIL,
    role: 'read',
    sha256: '0'.repeat(64),
    created: '2026-01-01T00:00:00Z',
  };
  writeFileSync(join(cwd, 'state/tokens/0123456789ab.json'), JSON.stringify(record));
  const list = await runCli(['token', 'list'], { cwd });
  expect([list.exit, list.stdout]).toEqual([0, expect.stringContaining('\\u009b2J')]);
  expect(list.stdout).not.toMatch(ACTED_ON);
});

it('completion offers no name that would not be seen as it is', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), 'pipelines: { good: {}, "bad\\e[31m": {}, "two\\nlines": {} }\n');
  expect((await runCli(['__complete', 'run', '-p', ''], { cwd })).stdout).toBe('good\n');
});

it('an event on a terminal is the same JSON, with nothing that the terminal would act on; in a pipe it is as it came', async () => {
  const cwd = scratch();
  // A raw ESC is not JSON.
  const text = EVIL.slice(1, -1);
  writeFileSync(join(cwd, 'in.ndjson'), `{"t":"${text}"}\n`);
  const command = `${process.execPath} ${bin} -e '["$input"]' in.ndjson --no-progress`;
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd, encoding: 'utf8' });
  const [line = ''] = stdout.split('\r\n');
  expect(line).not.toMatch(ACTED_ON);
  expect(JSON.parse(line)).toEqual({ t: text });
  expect((await runCli(['-e', '["$input"]', 'in.ndjson'], { cwd })).stdout).toBe(`{"t":"${text}"}\n`);
});
