import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';

const CONFIG = `
tables: { users: { file: ./users.csv, key: id } }
pipelines:
  default:
    stages: [{ computo: '{/n, name: table.get("users", /u)/name ?? null}' }]
    outputs: [{ file: ./out.ndjson }]
`;

const users = (name: string): string => `id,name\n7,${name}\n`;

it('serve takes over a table that changed, without a word from anybody; a broken one is told, and the old one stays', async () => {
  const cwd = scratch();
  const file = join(cwd, 'users.csv');
  const out = join(cwd, 'out.ndjson');
  const replace = (text: string): void => {
    writeFileSync(join(cwd, 'new.csv'), text);
    renameSync(join(cwd, 'new.csv'), file);
  };
  writeFileSync(file, users('Ada'));
  const daemon = await startDaemon(CONFIG, { cwd });
  let n = 0;
  const send = async (): Promise<void> => {
    await post(`${daemon.url}/events`, { n: n++, u: 7 });
  };
  const says = async (name: string): Promise<void> => {
    await until(() => existsSync(out) && readFileSync(out, 'utf8').includes(`"name":"${name}"`), name);
  };
  await send();
  await says('Ada');

  replace(users('Bo'));
  await daemon.says('the changed config is in use');
  await send();
  await says('Bo');

  replace(`${users('Cy')}7,Di\n`);
  const rejected = await daemon.says('is rejected');
  expect(rejected).toMatchObject({ level: 'error' });
  expect(String(rejected['error'])).toContain('users.csv, line 3: the key "7" is that of line 2, too');
  await send();
  await until(() => readFileSync(out, 'utf8').split('\n').length > n, 'all are out');
  expect(await daemon.end()).toBe(0);

  const lines = readFileSync(out, 'utf8').trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual(['Ada', 'Bo', 'Bo']);

  writeFileSync(file, users('Ed'));
  const replayed = await runCli(['replay', '--since', '0'], { cwd });
  expect(replayed.stdout).toBe([0, 1, 2].map((one) => `{"n":${one},"name":"Ed"}\n`).join(''));
  const some = ['--filter', 'table.get("users", /u)/name == "Ed"'];
  expect((await runCli(['replay', '--raw', '--since', '0', ...some], { cwd })).stdout.split('\n')).toHaveLength(4);
  const onto = await runCli(['replay', '--since', '0', '-o', './users.csv'], { cwd });
  expect(onto).toMatchObject({ exit: 2, stderr: expect.stringContaining('users.csv is a table') as string });
  expect(readFileSync(file, 'utf8')).toBe(users('Ed'));
});

it('serve does not start with a table that is broken', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), `server: { port: 0 }\nstate_dir: ./state\n${CONFIG}`);
  writeFileSync(join(cwd, 'users.csv'), 'name\nAda\n');
  const { exit, stderr } = await runCli(['serve'], { cwd });
  expect(exit).toBe(78);
  expect(stderr).toContain('users.csv has no column "id"');
});

it('tap filters by what the tables of the config say', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'users.csv'), users('Ada'));
  const daemon = await startDaemon(CONFIG, { cwd });
  const args = ['tap', '--url', daemon.url, '-c', 'colloquium.yaml', '--filter', 'table.get("users", /n) != null'];
  const child = startCli(args, { cwd });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const tapped = resultOf(child);
  await until(() => said.includes('tapping '), 'it taps');
  await postLines(`${daemon.url}/events`, '{"n":6,"u":7}\n{"n":7,"u":7}\n');
  const out = join(cwd, 'out.ndjson');
  await until(() => existsSync(out) && readFileSync(out, 'utf8').split('\n').length > 2, 'all are out');
  await daemon.end();
  const [line = '', ...others] = (await tapped).stdout.trimEnd().split('\n');
  expect((JSON.parse(line) as { data: unknown }).data).toEqual({ n: 7, name: 'Ada' });
  expect(others).toEqual([]);
});
