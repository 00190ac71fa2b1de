import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratch, startCli } from '../../support/cli.js';
import { daemonOf, post, startDaemon, until } from '../../support/daemon.js';

const CONFIG = `
pipelines:
  default: { outputs: [{ file: ./out.ndjson }] }
`;

it('A daemon that recovers its log says that it lives and is not ready, and takes events when it is done', async () => {
  const cwd = scratch();
  const first = await startDaemon(CONFIG, { cwd });
  expect((await post(`${first.url}/events`, { n: 1 })).status).toBe(202);
  await first.end('SIGKILL');

  // A disk that does not answer: recovery reads the last segment's index, and this one has nothing to give yet.
  const data = join(cwd, 'data');
  const segment = readdirSync(data).find((file) => file.endsWith('.ndjson')) ?? '';
  const index = join(data, segment.replace(/\.ndjson$/, '.index'));
  rmSync(index, { force: true });
  execFileSync('mkfifo', [index]);

  const child = startCli(['serve'], { cwd });
  const { says, ready } = daemonOf(child, cwd);
  const { at } = await says('the log is being recovered');
  const url = String(at);
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
  // The disk answers: opening takes until somebody reads, and closing is the end of the file.
  const writer = await open(index, 'w');
  rmSync(index);
  await writer.close();
  const daemon = await ready;
  expect(daemon.url).toBe(url);
  expect(await says('the config says what it said before')).toMatchObject({ why: 'SIGHUP' });
  expect(await statusOf('/readyz')).toBe(200);
  expect((await post(`${url}/events`, { n: 3 })).status).toBe(202);
  await until(() => readFileSync(join(cwd, 'out.ndjson'), 'utf8') === '{"n":1}\n{"n":3}\n', 'both are processed');
  expect(await daemon.end()).toBe(0);
  // Another process has read the table of keys, which nobody had closed, and found it whole.
  expect(readdirSync(join(data, 'keys'))).toContain('data.mdb');
  expect(readdirSync(join(data, 'keys'))).not.toContain('data.mdb.damaged');
});
