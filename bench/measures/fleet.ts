import { startFakeProvider, type FakeProvider } from '../../test/support/fake-provider.js';
import { openFleet, RESULTS } from '../fleet-scene.js';
import type { Bench, Section } from '../section.js';
import { median } from './rounds.js';

/** Of the events that the bench was asked for. */
const SHARE = 1 / 500;
const STAGE_MS = 5;
/** What counts is the middle: at the start code is compiled, at the end somebody has nothing to do. */
const [FROM, TO] = [0.3, 0.95];

/** What a second worker brings where the stage is the bottleneck: one call at a time, which takes its time elsewhere. */
export async function measureFleet(bench: Bench): Promise<Section> {
  const events = Math.ceil(bench.events * SHARE);
  const rates: Record<1 | 2, number[]> = { 1: [], 2: [] };
  for (let round = 0; round < bench.rounds; round++) {
    for (const daemons of [1, 2] as const) rates[daemons].push(await rateOf(daemons, events, bench));
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
async function rateOf(daemons: number, events: number, bench: Bench): Promise<number> {
  // As one that tells no rate limits: keeping to them is another cost.
  const faults = () => ({ kind: 'headers-missing' as const });
  const fake = await startFakeProvider({ wire: 'openai', latencyMs: STAGE_MS, faults });
  const fleet = await openFleet(bench, daemons, askingConfig(fake, 1));
  await fleet.work(questions(events));
  const rate = await fleet.rate(Math.ceil(events * FROM), Math.floor(events * TO));
  await fleet.end();
  await fake.close();
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
