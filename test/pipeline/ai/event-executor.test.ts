import type { Json } from 'computo-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AiClient } from '../../../src/ai/index.js';
import { aiCalls } from '../../../src/jobs/ai/ai-calls.js';
import { eventExecutor, type AiStagePlan, type PipelineSpec } from '../../../src/pipeline/index.js';
import { setupOf, stage, type Stage } from '../../ai/call/setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const ask = (name: string, content: Json): AiStagePlan => ({
  kind: 'ai',
  name,
  request: {
    script: ['obj', 'model', 'gpt-4o-mini', 'messages', [['obj', 'role', 'user', 'content', content]]],
    options: { dialect: 'current' },
  },
  providers: ['openai'],
  route: 'ordered',
  into: `/${name}`,
  maxTokens: 200,
  schemaMode: 'auto',
  dedupe: false,
  onTruncated: 'retry',
  fallbackOn: [],
});

/** The second asks about what came with the first answer. */
const twoStages = (about: Json): PipelineSpec => ({
  name: 'default',
  stages: [ask('first', ['$input', '/q']), ask('second', ['strConcat', 'judge ', about])],
  outputs: [{ envelope: false }],
  onError: { kind: 'dead_letter' },
});

/** Runs rows of which the first `done` were delivered by an earlier run. */
async function run(client: AiClient, about: Json, questions: readonly string[], done = 0): Promise<unknown[]> {
  const calls = aiCalls(client, { live: false, inDoubt: 'retry' });
  const executor = eventExecutor({
    pipeline: twoStages(about),
    strict: false,
    depthMax: 1000,
    lineBytesMax: 1 << 20,
    rawMax: 1 << 20,
    calls,
    concurrency: 4,
    window: 16,
  });
  const block = (q: string) => ({
    kind: 'lines' as const,
    bytes: Buffer.from(`${JSON.stringify({ q })}\n`),
    source: 'test',
    startsFile: false,
  });
  const meta = { source: 'test', timestamp: 1, counter: 0 };
  for (const q of questions.slice(0, done)) await executor.skip?.(block(q), meta);
  const results = await Promise.all(questions.slice(done).map((q) => executor.submit(block(q), meta)));
  return results.map(({ outputs }) => JSON.parse(String(outputs[0])) as unknown);
}

describe('a pipeline with two AI stages', () => {
  it('asks nothing again in a second run, though the answers now come from the journal', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)]);
    const whole = ['$input'];
    const first = await run(client, whole, ['a', 'b', 'a']);
    expect(fake.records).toHaveLength(6);
    const second = await run(client, whole, ['a', 'b', 'a']);
    expect(fake.records).toHaveLength(6);
    expect(first).toMatchObject([{ first: { cached: false }, second: { cached: false } }, {}, {}]);
    expect(second).toMatchObject([{ first: { cached: true }, second: { cached: true } }, {}, {}]);
  });

  it('numbers equal requests of both stages over a resumed run, as in one run', async () => {
    const fake = await on.fake('openai', { reply: () => 'the same' });
    const client = await on.client([setupOf(fake)]);
    const response = ['$input', '/first/response'];
    await run(client, response, ['a', 'a']);
    expect(fake.records).toHaveLength(4);
    // Two more rows that equal the two delivered ones: calls of their own.
    await run(client, response, ['a', 'a', 'a', 'a'], 2);
    expect(fake.records).toHaveLength(8);
    await run(client, response, ['a', 'a', 'a', 'a']);
    expect(fake.records).toHaveLength(8);
  });
});
