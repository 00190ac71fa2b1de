import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, type NatsLink } from '../../src/nats/index.js';
import { startFakeProvider, type FakeProvider } from '../../test/support/fake-provider.js';
import { startNatsServer, type TestNatsServer } from '../../test/support/nats-server.js';
import type { Bench, Section } from '../section.js';
import { startServer, type StartedServer } from '../started-server.js';
import { median } from './rounds.js';

/** Of the events that the bench was asked for. */
const SHARE = 1 / 500;
const STAGE_MS = 5;
const RESULTS = 'results';
/** What counts is the middle: at the ends somebody has nothing to do. */
const [FROM, TO] = [0.3, 0.95];
const POLL_MS = 100;

/** What a second worker brings where the stage is the bottleneck: one call at a time, which takes its time elsewhere. */
export async function measureFleet(bench: Bench): Promise<Section> {
  const events = Math.ceil(bench.events * SHARE);
  const rates: Record<1 | 2, number[]> = { 1: [], 2: [] };
  for (let round = 0; round < bench.rounds; round++) {
    for (const workers of [1, 2] as const) rates[workers].push(await rateOf(workers, events, bench));
    bench.say(`  ${rates[1].at(-1)?.toFixed(1)} and ${rates[2].at(-1)?.toFixed(1)} events a second`);
  }
  const ratio = median(rates[2].map((rate, round) => rate / (rates[1][round] ?? Number.NaN)));
  return {
    title: 'A fleet',
    notes: [
      `Daemons that share the work through one nats-server, all on this machine: an AI stage whose provider answers after ${STAGE_MS} ms,`,
      `one call at a time in each daemon, ${events.toLocaleString('en')} events; the rate of the middle ${Math.round(100 * (TO - FROM))} %, by the server's clock.`,
    ].join('\n'),
    table: [
      ['', 'events a second', 'times one'],
      ['1 daemon', median(rates[1]).toFixed(1), '1.00'],
      ['2 daemons', median(rates[2]).toFixed(1), ratio.toFixed(2)],
    ],
  };
}

/** @returns results a second */
async function rateOf(workers: number, events: number, { root, folder }: Bench): Promise<number> {
  const own = `${folder}fleet/`;
  rmSync(own, { recursive: true, force: true });
  const server = await startNatsServer();
  const link = await connectNats({ urls: [server.url], name: 'bench' }, Date.now);
  await link.jsm.streams.add({ name: RESULTS, subjects: [RESULTS], storage: 'file' });
  // As one that tells no rate limits: keeping to them is another cost.
  const faults = () => ({ kind: 'headers-missing' as const });
  const fake = await startFakeProvider({ wire: 'openai', latencyMs: STAGE_MS, faults });
  const daemons: StartedServer[] = [];
  for (let index = 0; index < workers; index++) {
    const config = configIn(`${own}${index}/`, server, fake);
    daemons.push(await startServer([`${root}bin/colloquium.js`, 'serve', '--join', server.url, '-c', config]));
  }
  const lines = Array.from({ length: events }, (_, row) =>
    JSON.stringify({ question: `What became of request ${row}?` }),
  );
  const headers = { 'content-type': 'application/x-ndjson' };
  await fetch(new URL('/events', daemons[0]?.url), { method: 'POST', headers, body: lines.join('\n') });
  while ((await countIn(link)) < events) await sleep(POLL_MS);
  const [first, last] = [Math.ceil(events * FROM), Math.floor(events * TO)];
  const seconds = ((await timeOf(link, last)) - (await timeOf(link, first))) / 1000;
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  await Promise.all([fake.close(), link.close()]);
  await server.end();
  return (last - first) / seconds;
}

function configIn(folder: string, server: TestNatsServer, fake: FakeProvider): string {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}config.json`;
  const request = [
    'obj',
    'model',
    'gpt-4o-mini',
    'messages',
    [['obj', 'role', 'user', 'content', ['$input', '/question']]],
  ];
  const config = {
    server: { port: 0 },
    storage: { disk_path: './data' },
    state_dir: './state',
    nats: { url: server.url },
    ai_providers: {
      openai: {
        api_key: fake.apiKey,
        base_url: fake.url,
        cost_per_token: { input: 0.00000015, output: 0.0000006 },
        max_concurrency: 1,
      },
    },
    cost_management: { daily_budget: 1_000_000 },
    pipelines: {
      default: { stages: [{ ai: { request: [...request, 'max_tokens', 60] } }], outputs: [{ nats: RESULTS }] },
    },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function countIn(link: NatsLink): Promise<number> {
  return (await link.jsm.streams.info(RESULTS)).state.messages;
}

/** When the server got a message of the results, in milliseconds. */
async function timeOf(link: NatsLink, sequence: number): Promise<number> {
  const message = await link.jsm.streams.getMessage(RESULTS, { seq: sequence });
  if (message === null) throw new Error(`no result ${sequence}`);
  return message.time.getTime();
}
