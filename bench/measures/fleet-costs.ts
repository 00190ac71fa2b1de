import { natsStores } from '../../src/ai/store/nats-store.js';
import { startFakeProvider } from '../../test/support/fake-provider.js';
import { openFleet, RESULTS, type FleetScene } from '../fleet-scene.js';
import type { Bench, Section } from '../section.js';
import { askingConfig, questions } from './fleet.js';
import { median } from './rounds.js';

/** Of the events that the bench was asked for. */
const SHARE = 1 / 100;
const CALLS_SHARE = 1 / 500;
const IN_FLIGHT = 16;
/** Key-value requests, one after the other, and those that wait together. */
const REQUESTS = 200;
const TOGETHER = 64;
const [FROM, TO] = [0.1, 0.95];
const KEYS = 1000;

/** What a fleet asks of its server: the constants of the capacity model. */
export async function measureFleetCosts(bench: Bench): Promise<Section> {
  const events = Math.ceil(bench.events * SHARE);
  const rows: (readonly [name: string, measure: () => Promise<readonly number[]>, digits: number])[] = [
    ['events a second, without an order', () => passing(bench, events, {}), 0],
    [`events a second, ${KEYS} keys in 16 partitions`, () => passing(bench, events, { order_by: '/key' }), 0],
    ['events a second, one partition', () => passing(bench, events / 10, { order_by: '/key', partitions: 1 }), 0],
    ['AI calls a second, 16 in flight; key-value writes of each', () => calling(bench), 1],
    ['a key-value write, a read: ms; writes a second', () => keeping(bench), 2],
  ];
  const table: string[][] = [['', `median of ${bench.rounds}`]];
  for (const [name, measure, digits] of rows) {
    const rounds: (readonly number[])[] = [];
    for (let round = 0; round < bench.rounds; round++) rounds.push(await measure());
    const medians = (rounds[0] ?? []).map((_, at) => median(rounds.map((figures) => figures[at] ?? Number.NaN)));
    table.push([name, medians.map((figure) => figure.toFixed(digits)).join('; ')]);
    bench.say(`  ${table.at(-1)?.join(': ')}`);
  }
  return {
    title: 'What a fleet costs its server',
    notes:
      'One daemon, one nats-server and the provider, all on this machine; an event is 60 bytes and goes to a stream.',
    table,
  };
}

async function passing(bench: Bench, events: number, fleet: object): Promise<readonly number[]> {
  const stages = [{ computo: ['obj', 'n', ['$input', '/n']] }];
  const scene = await openFleet(bench, 1, { fleet, pipelines: { default: { stages, outputs: [{ nats: RESULTS }] } } });
  await scene.work(Array.from({ length: events }, (_, n) => JSON.stringify({ n, key: `key ${n % KEYS}` })));
  const rate = await scene.rate(Math.ceil(events * FROM), Math.floor(events * TO));
  await scene.end();
  return [rate];
}

async function calling(bench: Bench): Promise<readonly number[]> {
  const calls = Math.ceil(bench.events * CALLS_SHARE);
  const fake = await startFakeProvider({ wire: 'openai', faults: () => ({ kind: 'headers-missing' }) });
  const scene = await openFleet(bench, 1, askingConfig(fake, IN_FLIGHT));
  await scene.work(questions(calls));
  const figures = [await scene.rate(Math.ceil(calls * FROM), Math.floor(calls * TO)), (await writesIn(scene)) / calls];
  await scene.end();
  await fake.close();
  return figures;
}

/** Writes to all buckets but that of the members. */
async function writesIn({ link }: FleetScene): Promise<number> {
  let writes = 0;
  for await (const { config, state } of link.jsm.streams.list()) {
    if (config.name.startsWith('KV_') && !config.name.endsWith('_members')) writes += state.last_seq;
  }
  return writes;
}

async function keeping(bench: Bench): Promise<readonly number[]> {
  const scene = await openFleet(bench, 0, {});
  const store = natsStores({ link: scene.link, prefix: 'bench', replicas: 1 }).open('things');
  const value = JSON.stringify({ text: 'x'.repeat(500) });
  const millisEach = async (request: (n: number) => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    for (let n = 0; n < REQUESTS; n++) await request(n);
    return (performance.now() - started) / REQUESTS;
  };
  await store.put('first', value);
  const write = await millisEach((n) => store.put(`key ${n}`, value));
  const read = await millisEach((n) => store.get(`key ${n}`));
  const together = await millisEach((n) =>
    Promise.all(Array.from({ length: TOGETHER }, (_, i) => store.put(`key ${n} ${i}`, value))),
  );
  await scene.end();
  return [write, read, (1000 * TOGETHER) / together];
}
