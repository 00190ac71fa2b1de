import { afterEach, expect, it } from 'vitest';
import { FINISHED, type TapPoint } from '../../../src/pipeline/index.js';
import { TapHub } from '../../../src/server/index.js';
import { until } from '../../support/daemon.js';
import { testServer, type TestServer } from '../../support/server.js';

const KB = 'x'.repeat(1023);

let server: TestServer | undefined;
afterEach(async () => server?.close());

/** A hub behind a server, and a clock that is set by hand. */
async function tapped(): Promise<{
  hub: TapHub;
  url: string;
  readonly pass: (point: TapPoint, line: string) => void;
  readonly at: (ms: number) => void;
}> {
  let now = 0;
  const hub = new TapHub(() => now);
  server = await testServer({ server: { taps: hub } });
  return {
    hub,
    url: server.url,
    pass: (point, line) => hub.tapOf('orders')?.see(point, () => line),
    at: (ms) => (now = ms),
  };
}

async function reader(
  url: string,
): Promise<{ readonly more: () => Promise<string>; readonly cancel: () => Promise<unknown> }> {
  const response = await fetch(url);
  expect(response.status, await (response.ok ? '' : response.text())).toBe(200);
  const body = response.body?.getReader();
  return {
    more: async () => Buffer.from((await body?.read())?.value ?? []).toString(),
    cancel: async () => body?.cancel(),
  };
}

it('costs nothing while nobody looks on', async () => {
  const { hub, url } = await tapped();
  expect(hub.tapOf('orders')).toBeUndefined();
  const { more, cancel } = await reader(`${url}/tap?pipeline=orders`);
  await more();
  expect(hub.tapOf('default')).toBeUndefined();
  expect(hub.tapOf('orders')?.wish.points).toEqual([FINISHED]);
  await cancel();
  await until(() => hub.tapOf('orders') === undefined, 'the reader is gone');
});

it('shows each reader what it asked for', async () => {
  const { url, pass } = await tapped();
  const cleaned = await reader(`${url}/tap?stage=clean`);
  const finished = await reader(`${url}/tap`);
  expect([await cleaned.more(), await finished.more()]).toEqual(['\n', '\n']);
  pass('clean', '1');
  pass('price', '2');
  pass(FINISHED, '3');
  expect([await cleaned.more(), await finished.more()]).toEqual(['1\n', '3\n']);
});

it('waits for no slow reader: it holds a bounded part, and says how many events are missing', async () => {
  const { hub, url, pass } = await tapped();
  const slow = await reader(`${url}/tap`);
  let passed = 0;
  for (; passed < 5000; passed++) pass(FINISHED, KB);
  expect(hub.tapOf('orders')?.wish.room).toBe(0);
  let text = '';
  const rest = (): boolean => /"missed":\d+\}\n/.test(text);
  const sweeping = setInterval(() => hub.sweep(), 5);
  while (!rest()) text += await slow.more();
  clearInterval(sweeping);
  const seen = text.split('\n').filter((line) => line === KB).length;
  const missed = Number(/"missed":(\d+)\}/.exec(text)?.[1]);
  expect(seen).toBeGreaterThan(1000);
  expect(seen + missed).toBe(passed);
});

it('sends an empty line after a long silence, so that the connection is known to live', async () => {
  const { hub, url, at } = await tapped();
  const { more } = await reader(`${url}/tap`);
  await more();
  at(9999);
  hub.sweep();
  at(10_000);
  hub.sweep();
  expect(await more()).toBe('\n');
});

it('lets a bounded number look on', async () => {
  const { url } = await tapped();
  for (let n = 0; n < 16; n++) await reader(`${url}/tap`);
  const another = await fetch(`${url}/tap`);
  expect([another.status, another.headers.get('retry-after')]).toEqual([503, '1']);
});

it('says which pipelines and stages there are', async () => {
  const { url } = await tapped();
  const answers = ['?stage=x', '?pipeline=x', '?pipeline=default&stage=clean', '?n=1', '?stage=a&stage=b'].map(
    async (query) => {
      const response = await fetch(`${url}/tap${query}`);
      return [response.status, ((await response.json()) as { message: string }).message];
    },
  );
  expect(await Promise.all(answers)).toEqual([
    [404, 'no stage "x"; there are: computo-1, clean, price'],
    [404, 'no pipeline "x"; there are: default, orders'],
    [404, 'no stage "clean"; there are: computo-1'],
    [400, 'unknown parameter "n": stage and pipeline are known'],
    [400, '"stage" is given more than once'],
  ]);
  expect((await fetch(`${url}/tap`, { method: 'HEAD' })).status).toBe(405);
});
