import { startFakeProvider, type FakeProvider } from '../../test/support/fake-provider.js';
import { openFleet, RESULTS } from '../fleet-scene.js';
import type { Bench, Section } from '../section.js';
import { median } from './rounds.js';

/** Of the events that the bench was asked for: so many has each daemon to do. */
const SHARE = 1 / 500;
/** The provider answers after so long: about what a call costs besides, and much longer. */
const STAGES_MS = [5, 25];
/** Sums of two of so many numbers are tried for an event: about 5 ms of computing. */
const NUMBERS = 530;
/** Blocks of up to 128 events go to a daemon at a time: the middle needs many of them. */
const COMPUTED_EACH = 5;
/** What counts is the middle: at the start code is compiled, at the end somebody has nothing to do. */
const [FROM, TO] = [0.3, 0.95];

type RateOf = (daemons: number) => Promise<number>;

/** What a second worker brings where the stage is the bottleneck: one event at a time, which takes its time elsewhere or here. */
export async function measureFleet(bench: Bench): Promise<Section> {
  const each = Math.ceil(bench.events * SHARE);
  const stages: (readonly [name: string, rateOf: RateOf])[] = [
    ...STAGES_MS.map(
      (ms) => [`a call of ${ms} ms`, (daemons: number) => askingRate(daemons, ms, each, bench)] as const,
    ),
    ['a script of about 5 ms', (daemons) => computingRate(daemons, each * COMPUTED_EACH, bench)],
  ];
  const table = [['', '1 daemon, events a second', '2 daemons', 'times one']];
  for (const [name, rateOf] of stages) {
    const rates: (readonly [number, number])[] = [];
    for (let round = 0; round < bench.rounds; round++) rates.push([await rateOf(1), await rateOf(2)]);
    const figures = [rates.map(([one]) => one), rates.map(([, two]) => two), rates.map(([one, two]) => two / one)];
    const [one, two, ratio] = figures.map(median);
    table.push([name, rounded(one, 1), rounded(two, 1), rounded(ratio, 2)]);
    bench.say(`  ${table.at(-1)?.join(', ')}`);
  }
  return {
    title: 'A fleet',
    notes: [
      'Daemons that share the work through one nats-server, all on this machine and its processors: an AI stage whose provider takes',
      'its time, one call at a time in each daemon, or a script, on one thread in each. Each daemon has as much to do in both cases:',
      `${each.toLocaleString('en')} calls, ${(each * COMPUTED_EACH).toLocaleString('en')} scripts; the rate of the middle ${Math.round(100 * (TO - FROM))} %, by the server's clock.`,
    ].join('\n'),
    table,
  };
}

function rounded(figure: number | undefined, digits: number): string {
  return (figure ?? Number.NaN).toFixed(digits);
}

/** @returns results a second */
async function askingRate(daemons: number, stageMs: number, each: number, bench: Bench): Promise<number> {
  // As one that tells no rate limits: keeping to them is another cost.
  const faults = () => ({ kind: 'headers-missing' as const });
  const fake = await startFakeProvider({ wire: 'openai', latencyMs: stageMs, faults });
  const rate = await rateOf(daemons, askingConfig(fake, 1), questions(daemons * each), bench);
  await fake.close();
  return rate;
}

/** @returns results a second */
function computingRate(daemons: number, each: number, bench: Bench): Promise<number> {
  const numbers = { array: Array.from({ length: NUMBERS }, (_, n) => n) };
  const isBelow = ['<', ['+', ['$', '/a'], ['$', '/b']], 0];
  const some = ['some', ['$', '/numbers'], ['lambda', ['b'], isBelow]];
  const below = ['count', ['filter', ['$', '/numbers'], ['lambda', ['a'], some]]];
  const computo = ['let', [['numbers', numbers]], ['obj', 'n', ['$input', '/n'], 'below', below]];
  const config = {
    processing: { worker_threads: 1 },
    pipelines: { default: { stages: [{ computo }], outputs: [{ nats: RESULTS }] } },
  };
  const events = Array.from({ length: daemons * each }, (_, n) => JSON.stringify({ n }));
  return rateOf(daemons, config, events, bench);
}

async function rateOf(daemons: number, config: object, lines: readonly string[], bench: Bench): Promise<number> {
  const fleet = await openFleet(bench, daemons, config);
  await fleet.work(lines);
  const rate = await fleet.rate(Math.ceil(lines.length * FROM), Math.floor(lines.length * TO));
  await fleet.end();
  return rate;
}

export function questions(events: number): string[] {
  return Array.from({ length: events }, (_, row) => JSON.stringify({ question: `What became of request ${row}?` }));
}

/** A daemon that asks for each event. @param inFlight calls at a time */
export function askingConfig({ url, apiKey }: Pick<FakeProvider, 'url' | 'apiKey'>, inFlight: number): object {
  const message = ['obj', 'role', 'user', 'content', ['$input', '/question']];
  const request = ['obj', 'model', 'gpt-4o-mini', 'messages', [message], 'max_tokens', 60];
  const price = { input: 0.00000015, output: 0.0000006 };
  return {
    ai_providers: { openai: { api_key: apiKey, base_url: url, cost_per_token: price, max_concurrency: inFlight } },
    cost_management: { daily_budget: 1_000_000 },
    pipelines: { default: { stages: [{ ai: { request } }], outputs: [{ nats: RESULTS }] } },
  };
}
