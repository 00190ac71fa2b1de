import { get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { postLines, until } from '../support/daemon.js';
import { testServer, type TestServer } from '../support/server.js';

let server: TestServer;

afterEach(async () => {
  await server.close();
  expect(server.bugs).toEqual([]);
});

describe('a reader of stored events', () => {
  const MB = 1 << 20;
  const lines = (count: number): string => `"${'z'.repeat(1000)}"\n`.repeat(count);

  async function fill(
    megabytes: number,
    patience?: { headersMs: number; bodyMs: number; idleMs: number },
  ): Promise<void> {
    server = await testServer({
      server: { ...(patience && { patience }) },
      log: { memoryRecordsMax: 1e6 },
    });
    for (let n = 0; n < megabytes; n++) {
      expect((await postLines(`${server.url}/events`, lines(1000))).status).toBe(202);
    }
  }

  function read(): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = get(`${server.url}/events?limit=1000000`, { agent: false }, resolve);
      request.on('error', reject);
    });
  }

  it('that is slow costs a few blocks, also when there are many, and those beyond the limit are told so', async () => {
    await fill(30);
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(Array.from({ length: 70 }, read));
    expect(answers.filter(({ statusCode }) => statusCode === 503)).toHaveLength(6);
    answers.forEach((answer) => answer.pause());
    await until(async () => (await fetch(`${server.url}/livez`)).ok, 'it lives');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MB);
    let bytes = 0;
    for await (const chunk of answers.find(({ statusCode }) => statusCode === 200) ?? [])
      bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(30 * MB);
    answers.forEach((answer) => answer.destroy());
  });

  it('who takes nothing is dropped, and one who reads slowly is not', async () => {
    await fill(30, { headersMs: 10_000, bodyMs: 50, idleMs: 1500 });
    const [stuck, slow] = await Promise.all([read(), read()]);
    stuck.pause();
    const isDropped = new Promise((resolve) => stuck.socket.once('close', resolve));
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of slow) {
        bytes += (chunk as Buffer).length;
        // Some seconds in all: longer than a reader may take nothing.
        if (bytes % (4 * MB) < 65_536) await new Promise((resolve) => setTimeout(resolve, 400));
      }
    })();
    stuck.on('error', () => undefined);
    // A paused socket learns of its end when it reads on.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    stuck.resume();
    await isDropped;
    await reading;
    expect(stuck.complete).toBe(false);
    expect(bytes).toBeGreaterThan(30 * MB);
  });
});
