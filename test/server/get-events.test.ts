import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/daemon.js';
import { testServer, type TestServer } from '../support/server.js';

describe.each([
  ['from memory', 10_000],
  ['from the disk', 0],
])('GET /events %s', (_, memoryRecordsMax) => {
  let server: TestServer;
  const times: number[] = [];
  beforeAll(async () => {
    server = await testServer({ log: { memoryRecordsMax } });
    for (let n = 0; n < 5; n++) {
      times.push(Date.now());
      await post(`${server.url}/events`, { n, big: '12345678901234567890' });
      await sleep(5);
    }
  });
  afterAll(() => server.close());

  const events = async (query: string): Promise<number[]> => {
    const response = await fetch(`${server.url}/events${query}`);
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = (await response.text()).split('\n').slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as { data: { n: number } }).data.n);
  };

  it('gives stored events from a moment on, the oldest first', async () => {
    expect(await events('?since=0')).toEqual([0, 1, 2, 3, 4]);
    expect(await events('')).toEqual([0, 1, 2, 3, 4]);
    expect(await events('?since=1h')).toEqual([0, 1, 2, 3, 4]);
    expect(await events(`?since=${times[2] ?? 0}`)).toEqual([2, 3, 4]);
    expect(await events(`?since=${new Date(times[3] ?? 0).toISOString()}`)).toEqual([3, 4]);
    expect(await events(`?since=${Date.now() + 1000}`)).toEqual([]);
  });

  it('gives no more than asked for', async () => {
    expect(await events('?since=0&limit=2')).toEqual([0, 1]);
    expect(await events(`?limit=1&since=${times[2] ?? 0}`)).toEqual([2]);
    expect(await events('?since=0&limit=0')).toEqual([]);
  });

  it('gives each as its line in the log, without the checksum', async () => {
    const text = await (await fetch(`${server.url}/events?limit=1`)).text();
    expect(text).toBe(`${(await server.stored())[0]?.line ?? ''}\n`);
    expect(text).not.toContain('"crc"');
  });
});

it('GET /events says what is wrong with a question', async () => {
  const server = await testServer();
  for (const query of [
    '?since=yesterday',
    '?limit=x',
    '?limit=-1',
    '?limit=1e3',
    '?limit=99999999',
    '?since=1&since=2',
    '?until=5',
    '?since=2026-02-30',
  ]) {
    const response = await fetch(`${server.url}/events${query}`);
    expect([query, response.status]).toEqual([query, 400]);
    expect(await response.json()).toMatchObject({ error: 'Bad request', message: expect.any(String) as unknown });
  }
  await server.close();
});

it('other paths and methods are distinguished from existing ones', async () => {
  const server = await testServer();
  const wrong = await fetch(`${server.url}/events`, { method: 'DELETE' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  expect((await fetch(`${server.url}/event`)).status).toBe(404);
  expect(await (await fetch(`${server.url}/livez`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${server.url}/health`)).json()).toEqual({
    status: 'healthy',
    timestamp: 5,
    components: [{ name: 'stream_engine', status: 'healthy' }],
  });
  await server.close();
});
