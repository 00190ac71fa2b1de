import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDaemon, until } from '../../support/daemon.js';

const config = (factor: string): string => `
pipelines:
  default:
    stages: [{ computo: ["obj", "n", ["$input", "/n"], "by", ${factor}] }]
    outputs: [{ file: ./out/events.ndjson }]
    dead_letter: ./out/dead.ndjson
`;

/** Sends an event over one of the agent's connections. */
function send(agent: Agent, url: string, n: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/events`, { agent, method: 'POST', headers: { 'content-type': 'application/json' } });
    sent.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
    sent.on('error', reject);
    sent.end(JSON.stringify({ n }));
  });
}

it('A config that changes under load loses no event and drops no connection; a broken one changes nothing', async () => {
  const daemon = await startDaemon(config('1'));
  const file = join(daemon.cwd, 'colloquium.yaml');
  const [head = ''] = readFileSync(file, 'utf8').split('\npipelines:');
  const connections = new Set<unknown>();
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const isOver = new AbortController();
  let next = 0;
  const statuses = new Set<number | undefined>();
  const load = Array.from({ length: 2 }, async () => {
    while (!isOver.signal.aborted) {
      statuses.add(await send(agent, daemon.url, next++));
      for (const sockets of Object.values(agent.freeSockets)) sockets?.forEach((socket) => connections.add(socket));
    }
  });

  const outcomes = (words: string): number => daemon.said().filter(({ msg }) => msg.includes(words)).length;
  const reload = async (text: string, words: string): Promise<void> => {
    const before = outcomes(words);
    writeFileSync(file, head + text);
    daemon.child.kill('SIGHUP');
    while (outcomes(words) === before) await send(agent, daemon.url, next++);
  };
  const outFile = join(daemon.cwd, 'out/events.ndjson');
  const processedBy = (factor: number): Promise<void> =>
    until(() => existsSync(outFile) && readFileSync(outFile, 'utf8').includes(`"by":${factor}`), `events by ${factor}`);
  await processedBy(1);
  await reload(config('2'), 'is in use');
  await processedBy(2);
  await reload(config('["no_such_operator"]'), 'is rejected');
  const page = await (await fetch(`${daemon.url}/metrics`)).text();
  await reload(config('3'), 'is in use');
  await processedBy(3);
  isOver.abort();
  await Promise.all(load);
  expect(await daemon.end()).toBe(0);
  agent.destroy();

  const audit = daemon.said().filter((line) => line['audit'] === 'reload');
  expect(audit.filter(({ msg }) => msg.includes('is in use'))).toHaveLength(2);
  expect(audit).toContainEqual(expect.objectContaining({ level: 'error' }));
  expect(audit).toContainEqual(expect.objectContaining({ why: 'SIGHUP' }));
  expect([...statuses]).toEqual([202]);
  expect(connections.size).toBeLessThanOrEqual(2);
  expect(page).toContain('colloquium_config_last_reload_successful 0');
  const out = readFileSync(outFile, 'utf8').trim().split('\n');
  const events = out.map((line) => JSON.parse(line) as { n: number; by: number });
  expect(events.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: next }, (_, n) => n));
  // Each is processed by the config of its moment, and these follow each other.
  const factors = events.map(({ by }) => by);
  expect(factors).toEqual(factors.toSorted((a, b) => a - b));
  expect([...new Set(factors)]).toEqual([1, 2, 3]);
});

it('A config that has become empty, as by a save on a full disk, changes nothing', async () => {
  const daemon = await startDaemon(config('1'));
  writeFileSync(join(daemon.cwd, 'colloquium.yaml'), '\n');
  daemon.child.kill('SIGHUP');
  expect((await daemon.says('is rejected'))['error']).toContain('colloquium.yaml is empty');
  const answer = await fetch(`${daemon.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"n":0}',
  });
  expect(answer.status).toBe(202);
  const outFile = join(daemon.cwd, 'out/events.ndjson');
  await until(() => existsSync(outFile) && readFileSync(outFile, 'utf8') === '{"n":0,"by":1}\n', 'it is processed');
  expect(await daemon.end()).toBe(0);
});
