import { afterEach, beforeEach, expect, it } from 'vitest';
import { aiCalls } from '../../../src/jobs/ai/ai-calls.js';
import { eventExecutor, type BlockExecutor } from '../../../src/pipeline/index.js';
import { setupOf, stage, type Stage } from '../../ai/call/setup.js';
import { pipelineOf } from '../across/across.js';

const META = { source: 'test', timestamp: 1, counter: 0 };

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

interface Seen {
  readonly out: readonly unknown[];
  /** The events of dead letters. */
  readonly letters: readonly { readonly id: string; readonly data: unknown; readonly metadata: object }[];
  readonly counts: object;
}

async function through(executor: BlockExecutor, event: object): Promise<Seen> {
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
  const result = await executor.submit({ kind: 'lines', bytes, source: 'test', startsFile: false }, META);
  const lines = String(result.outputs[0]).split('\n').slice(0, -1);
  const letters = result.deadLetters.map(
    ({ head }) => (JSON.parse(`${head}0}`) as { event: Seen['letters'][0] }).event,
  );
  return { out: lines.map((line) => JSON.parse(line) as unknown), letters, counts: result.counts };
}

it.each([
  ['behind the call', ['AI', 'EXPLODE'], 1],
  ['before it', ['EXPLODE', 'AI'], 2],
])('a part that fails %s leaves the others, and is retried by itself', async (_where, order, calls) => {
  const fake = await on.fake();
  const client = await on.client([setupOf(fake)]);
  const written = {
    AI: '{ ai: { request: \'{messages: [{role: "user", content: /q}]}\', model: gpt-4o-mini, into: /label } }',
    EXPLODE: '{ explode: /items, into: /n, parts: alone, name: apart }',
  };
  const stages = [...order.map((name) => written[name as keyof typeof written]), "computo: '/n + 1'"];
  const executor = eventExecutor({
    pipeline: { ...(await pipelineOf(stages, PROVIDERS)), outputs: [{ envelope: false }] },
    strict: false,
    depthMax: 1000,
    lineBytesMax: 1 << 20,
    rawMax: 1 << 20,
    calls: aiCalls(client, { live: false, inDoubt: 'retry' }),
    concurrency: 4,
    window: 16,
    input: 'envelope',
  });
  const metadata = { source: 's', pipeline: 'default', retry_count: 0 };
  const first = await through(executor, { id: 'e', timestamp: 1, data: { q: 'a', items: [1, 'no'] }, metadata });
  expect(first).toMatchObject({ out: [2], counts: { input: 1, made: 1, output: 1, deadLettered: 1 } });
  expect(first.letters).toMatchObject([{ id: 'e.1', data: { n: 'no' }, metadata: { after_stage: 'apart' } }]);
  expect(fake.records).toHaveLength(calls);

  const [letter] = first.letters;
  const mended = { ...letter, data: { q: 'a', n: 5 } };
  expect(await through(executor, mended)).toMatchObject({ out: [6], letters: [], counts: { input: 1, made: 0 } });
  // It goes on behind the stage: what was answered before that is not asked again.
  expect(fake.records).toHaveLength(calls);
  const lost = { ...letter, metadata: { ...metadata, after_stage: 'gone' } };
  expect(await through(executor, lost)).toMatchObject({ out: [], counts: { deadLettered: 1 } });
});

const PROVIDERS = 'ai_providers: { openai: { api_key: k, cost_per_token: { input: 0, output: 0 } } }\n';
