import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratch, startCli } from '../../support/cli.js';
import { daemonOf, post, startDaemon, until, type TestDaemon } from '../../support/daemon.js';

const CONFIG = `
pipelines:
  default: { outputs: [{ file: ./out.ndjson }] }
`;

/**
 * Kills a daemon and starts it again on a disk that does not answer: recovery reads the index of the last segment, and this one has
 * nothing to give yet.
 */
async function heldInRecovery(former: TestDaemon): Promise<Held> {
  const { cwd } = former;
  await former.end('SIGKILL');
  const data = join(cwd, 'data');
  const segment = readdirSync(data).find((file) => file.endsWith('.ndjson')) ?? '';
  const index = join(data, segment.replace(/\.ndjson$/, '.index'));
  rmSync(index, { force: true });
  execFileSync('mkfifo', [index]);
  const child = startCli(['serve'], { cwd });
  const { says, ready } = daemonOf(child, cwd);
  const { at } = await says('the log is being recovered');
  return {
    child,
    url: String(at),
    says,
    async letGo() {
      // Opening takes until somebody reads, and closing is the end of the file.
      const writer = await open(index, 'w');
      rmSync(index);
      await writer.close();
      return await ready;
    },
  };
}

interface Held extends Pick<TestDaemon, 'child' | 'url' | 'says'> {
  /** Lets the disk answer, and waits until the daemon listens. */
  readonly letGo: () => Promise<TestDaemon>;
}

it('A daemon that recovers its log says that it lives and is not ready, and takes events when it is done', async () => {
  const cwd = scratch();
  const first = await startDaemon(CONFIG, { cwd });
  expect((await post(`${first.url}/events`, { n: 1 })).status).toBe(202);
  const { child, url, says, letGo } = await heldInRecovery(first);
  const statusOf = async (path: string): Promise<number> => (await fetch(url + path)).status;
  expect(await statusOf('/livez')).toBe(200);
  const readiness = await fetch(`${url}/readyz`);
  expect([readiness.status, await readiness.json()]).toEqual([
    503,
    { status: 'not ready', reasons: ['the log is being recovered'] },
  ]);
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
    status: 'degraded',
    components: [{ name: 'stream_engine', status: 'stopped' }, { name: 'storage' }],
  });
  expect([await statusOf('/metrics'), await statusOf('/metrics.json'), await statusOf('/openapi.json')]).toEqual([
    200, 200, 200,
  ]);
  const early = await post(`${url}/events`, { n: 2 });
  expect([early.status, early.headers.get('retry-after'), await early.json()]).toEqual([
    503,
    '1',
    expect.objectContaining({ error: 'Recovering' }),
  ]);
  for (const path of ['/events', '/tap', '/', '/dashboard/feed', '/dead-letters', '/fleet', '/batches'])
    expect([path, await statusOf(path)]).toEqual([path, 503]);
  expect(await statusOf('/nothing')).toBe(404);

  // Whoever renames outputs or changes the config does not know that it is not there yet.
  child.kill('SIGHUP');
  expect(await statusOf('/livez')).toBe(200);
  const daemon = await letGo();
  expect(daemon.url).toBe(url);
  expect(await says('the config says what it said before')).toMatchObject({ why: 'SIGHUP' });
  expect(await statusOf('/readyz')).toBe(200);
  expect((await post(`${url}/events`, { n: 3 })).status).toBe(202);
  await until(() => readFileSync(join(cwd, 'out.ndjson'), 'utf8') === '{"n":1}\n{"n":3}\n', 'both are processed');
  expect(await daemon.end()).toBe(0);
  // Another process has read the table of keys, which nobody had closed, and found it whole.
  expect(readdirSync(join(cwd, 'data/keys'))).toContain('data.mdb');
  expect(readdirSync(join(cwd, 'data/keys'))).not.toContain('data.mdb.damaged');
});

it('What changes in the config or a table while a daemon recovers its log is in use once it listens', async () => {
  const cwd = scratch();
  const by = (word: string): string => `
tables: { users: { file: ./users.csv, key: id } }
pipelines:
  default:
    stages: [{ computo: '{/n, by: "${word}", name: table.get("users", "7")/name}' }]
    outputs: [{ file: ./out.ndjson }]
`;
  const table = join(cwd, 'users.csv');
  writeFileSync(table, 'id,name\n7,Ada\n');
  const first = await startDaemon(by('one'), { cwd });
  expect((await post(`${first.url}/events`, { n: 1 })).status).toBe(202);
  const out = join(cwd, 'out.ndjson');
  await until(() => readFileSync(out, 'utf8') === '{"n":1,"by":"one","name":"Ada"}\n', 'it is processed');
  const config = join(cwd, 'colloquium.yaml');
  const text = readFileSync(config, 'utf8');

  const held = await heldInRecovery(first);
  writeFileSync(config, text.replace('"one"', '"two"'));
  writeFileSync(table, 'id,name\n7,Bo\n');
  const second = await held.letGo();
  expect(await second.says('the changed config is in use')).toMatchObject({
    why: 'a file has changed during the start',
  });
  expect((await post(`${second.url}/events`, { n: 2 })).status).toBe(202);
  await until(() => readFileSync(out, 'utf8').includes('{"n":2,"by":"two","name":"Bo"}\n'), 'both changes are in use');

  const again = await heldInRecovery(second);
  writeFileSync(config, text.replace('"one"', 'no_such_word('));
  const third = await again.letGo();
  expect(await third.says('the changed config is rejected')).toMatchObject({ level: 'error' });
  expect(await third.end()).toBe(0);
});
