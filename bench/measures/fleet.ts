import { startFakeProvider, type FakeProvider } from '../../test/support/fake-provider.js';
import { openFleet, RESULTS } from '../fleet-scene.js';
import type { Bench, Section } from '../section.js';
import { median } from './rounds.js';

/** Of the events that the bench was asked for. */
const SHARE = 1 / 500;
/** The provider answers after so long: about what a call costs besides, and much longer. */
const STAGES_MS = [5, 25];
/** What counts is the middle: at the start code is compiled, at the end somebody has nothing to do. */
const [FROM, TO] = [0.3, 0.95];

/** What a second worker brings where the stage is the bottleneck: one call at a time, which takes its time elsewhere. */
export async function measureFleet(bench: Bench): Promise<Section> {
  const events = Math.ceil(bench.events * SHARE);
  const table = [['', '1 daemon, events a second', '2 daemons', 'times one']];
  for (const stageMs of STAGES_MS) {
    const rates: (readonly [number, number])[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      rates.push([await rateOf(1, stageMs, events, bench), await rateOf(2, stageMs, events, bench)]);
    }
    const figures = [rates.map(([one]) => one), rates.map(([, two]) => two), rates.map(([one, two]) => two / one)];
    const [one, two, ratio] = figures.map(median);
    table.push([`a stage of ${stageMs} ms`, rounded(one, 1), rounded(two, 1), rounded(ratio, 2)]);
    bench.say(`  ${table.at(-1)?.join(', ')}`);
  }
  return {
    title: 'A fleet',
    notes: [
      'Daemons that share the work through one nats-server, all on this machine and its processors: an AI stage whose provider takes',
      `its time, one call at a time in each daemon, ${events.toLocaleString('en')} events; the rate of the middle ${Math.round(100 * (TO - FROM))} %, by the server's clock.`,
    ].join('\n'),
    table,
  };
}

function rounded(figure: number | undefined, digits: number): string {
  return (figure ?? Number.NaN).toFixed(digits);
}

/** @returns results a second */
async function rateOf(daemons: number, stageMs: number, events: number, bench: Bench): Promise<number> {
  // As one that tells no rate limits: keeping to them is another cost.
  const faults = () => ({ kind: 'headers-missing' as const });
  const fake = await startFakeProvider({ wire: 'openai', latencyMs: stageMs, faults });
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
