import { describe, expect, it } from 'vitest';
import {
  answerInputs,
  callKey,
  createJournal,
  type CallFacts,
  type CallRecord,
  type CallState,
  type Journal,
} from '../../../src/ai/journal/index.js';
import { NO_TOKENS } from '../../../src/ai/money/index.js';
import { openStores } from '../../../src/ai/store/index.js';
import { createFakeWorld } from '../../support/fake-world.js';

const HOUR_MS = 3_600_000;

const facts: CallFacts = {
  stage: 'ask',
  request: { model: 'm', messages: [{ role: 'user', content: 'hi' }], temperature: 0.5 },
  maxTokens: 1000,
  identity: { occurrence: 0 },
};

describe('the key of a call', () => {
  const key = callKey(facts);

  it('does not depend on the name of who serves, nor on the order of keys', () => {
    const { model, messages, temperature } = facts.request;
    expect(
      callKey({ ...facts, request: { temperature, messages, model, provider: 'openai' } as CallFacts['request'] }),
    ).toBe(key);
    // A cap in the request is the same as one from the stage.
    expect(callKey({ ...facts, request: { ...facts.request, max_tokens: 1000 } })).toBe(key);
  });

  it.each<[string, Partial<CallFacts>]>([
    ['stage', { stage: 'other' }],
    ['only server', { server: { kind: 'openai', baseUrl: 'https://a.example/v1' } }],
    ['occurrence', { identity: { occurrence: 1 } }],
    ['event', { identity: { event: '0' } }],
    ['identity', { identity: undefined }],
    ['cap', { maxTokens: 10 }],
    ['schema', { schema: { type: 'object' } }],
    ['model', { request: { ...facts.request, model: 'n' } }],
    ['text', { request: { ...facts.request, messages: [{ role: 'user', content: 'ho' }] } }],
    ['role', { request: { ...facts.request, messages: [{ role: 'system', content: 'hi' }] } }],
    ['parameters', { request: { ...facts.request, temperature: 0.6 } }],
    ['extra', { request: { ...facts.request, extra: { top_a: 1 } } }],
    ['tools', { request: { ...facts.request, tools: [{ name: 'f', parameters: {} }] } }],
  ])('depends on its %s', (_what, change) => {
    expect(callKey({ ...facts, ...change })).not.toBe(key);
  });
});

describe('a picture', () => {
  const asking = (digest: string): CallFacts => {
    const picture = { type: 'image', mediaType: 'image/png', data: 'QUJD', digest } as const;
    return { ...facts, request: { ...facts.request, messages: [{ role: 'user', content: [picture] }] } };
  };

  it('is known by its digest, and its bytes are not kept', () => {
    expect(callKey(asking('one'))).not.toBe(callKey(asking('two')));
    expect(JSON.stringify(answerInputs(asking('one')))).toMatch(/"digest":"one"/);
    expect(JSON.stringify(answerInputs(asking('one')))).not.toContain('QUJD');
  });
});

describe('the journal', () => {
  async function setup(bytesMax = 1e9): Promise<{
    journal: Journal;
    world: ReturnType<typeof createFakeWorld>;
    put: (key: string, text?: string) => Promise<void>;
  }> {
    const world = createFakeWorld();
    const journal = createJournal(
      (await openStores({ kind: 'memory' })).open('journal'),
      { ttlMs: 24 * HOUR_MS, bytesMax },
      world,
    );
    const put = (key: string, text = 'yes') =>
      journal.put(
        key,
        record({ kind: 'ended', ending: ending(text), paid: { attempt: 'a', entry: '{}' } }, world.now()),
      );
    return { journal, world, put };
  }
  const record = (state: CallState, time: number): CallRecord => ({
    pipeline: 'p',
    stage: 's',
    model: 'm',
    time,
    request: { nano: '1', n: 5 },
    state,
  });
  const ending = (text: string) => ({
    kind: 'answered' as const,
    provider: 'openai',
    model: 'm',
    text,
    tally: { attempts: 1, cost: 10n ** 18n, tokens: NO_TOKENS, latencyMs: 5 },
  });
  const openState: CallState = { kind: 'open', attempt: 'a', owner: 'me', worst: 5n };
  const keys = async (journal: Journal): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of journal.all()) found.push(key);
    return found;
  };

  it('returns what was stored, amounts and prompts of any form', async () => {
    const { journal, put } = await setup();
    await put('a', '{"nano":"7"}');
    const found = await journal.get('a');
    expect(found?.record.state).toMatchObject({ kind: 'ended', ending: ending('{"nano":"7"}') });
    expect(found?.record.request).toEqual({ nano: '1', n: 5 });
  });

  it('lets one of several claim a call', async () => {
    const { journal, world } = await setup();
    const claims = await Promise.all([1, 2, 3].map(() => journal.claim('a', record(openState, world.now()))));
    expect(claims.filter(Boolean)).toHaveLength(1);
    const found = await journal.get('a');
    expect(await Promise.all([1, 2].map(() => journal.claim('a', record(openState, world.now()), found)))).toEqual([
      true,
      false,
    ]);
  });

  it('forgets answers past their time, at once when asked and all when pruned', async () => {
    const { journal, world, put } = await setup();
    await put('old');
    await world.pass(23 * HOUR_MS);
    await put('new');
    expect(await journal.get('old')).toBeDefined();
    await world.pass(2 * HOUR_MS);
    expect(await journal.get('old')).toBeUndefined();
    // One of two who both found it past its time gets the call.
    expect(await Promise.all([1, 2].map(() => journal.claim('old', record(openState, world.now()))))).toEqual([
      true,
      false,
    ]);
    await journal.remove('old');
    await put('older');
    await journal.put('open', record(openState, 0));
    await world.pass(23 * HOUR_MS);
    expect(await journal.prune()).toMatchObject({ removed: 1, kept: 2 });
    expect(await keys(journal)).toEqual(['older', 'open'].sort());
  });

  it('drops the oldest when it grows beyond its size, by itself, and never a call under way', async () => {
    const { journal, world, put } = await setup(20_000);
    await journal.put('open', record(openState, 0));
    for (let i = 0; i < 100; i++) {
      await put(`k${String(i).padStart(3, '0')}`, 'x'.repeat(500));
      await world.pass(HOUR_MS / 10);
    }
    const { keptBytes } = await journal.prune();
    expect(keptBytes).toBeLessThanOrEqual(20_000);
    const kept = await keys(journal);
    expect(kept.length).toBeLessThan(40);
    expect(kept).toContain('open');
    expect(kept).toContain('k099');
    expect(kept).not.toContain('k000');
  });
});
