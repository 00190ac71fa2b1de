import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBooks, type AiClient, type AiCallOptions } from '../../../src/ai/index.js';
import { attemptId } from '../../../src/ai/ledger/index.js';
import { callKey } from '../../../src/ai/journal/index.js';
import { listedOwners } from '../../../src/ai/owner/index.js';
import { realWorld, type AiWorld } from '../../../src/ai/ai-world.js';
import { processesSeenBy } from '../../../src/world/index.js';
import { answered, context, MODEL, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const ask = (client: AiClient, text: string, more: Partial<AiCallOptions> = {}) =>
  client.call(request(text), context(more));

describe('a call that was answered before', () => {
  it('is answered from the journal, also in another life, at no cost', async () => {
    const fake = await on.fake();
    const first = await on.client([setupOf(fake)]);
    const bought = answered(await ask(first, 'hi'));
    await first.close();
    const second = await on.client([setupOf(fake, 'openai', { name: 'renamed', baseUrl: `${fake.url}/` })]);
    expect(answered(await ask(second, 'hi'))).toEqual({ ...bought, cached: true });
    expect(fake.records).toHaveLength(1);
  });

  it('is another call at another provider, if that was named, and the same where several may serve', async () => {
    const fakes = [await on.fake('openai', { reply: () => 'of a' }), await on.fake('openai', { reply: () => 'of b' })];
    const client = await on.client(fakes.map((fake, i) => setupOf(fake, 'openai', { name: 'ab'.charAt(i) })));
    const at = async (provider: string) => answered(await client.call({ ...request('hi'), provider }, context()));
    expect(await at('a')).toMatchObject({ response: 'of a', cached: false });
    expect(await at('b')).toMatchObject({ response: 'of b', cached: false });
    expect(answered(await ask(client, 'hi', { providers: ['b'] }))).toMatchObject({ response: 'of b', cached: true });
    const any = answered(await ask(client, 'hi', { providers: ['b', 'a'], route: 'ordered' }));
    expect(any).toMatchObject({ response: 'of b', cached: false });
    const other = answered(await ask(client, 'hi', { providers: ['a', 'b'], route: 'ordered' }));
    expect(other).toMatchObject({ response: 'of b', cached: true });
  });

  it('is sent again when live is wanted, and the new answer is stored', async () => {
    let n = 0;
    const fake = await on.fake('openai', { reply: () => `answer ${n++}` });
    const client = await on.client([setupOf(fake)]);
    expect(answered(await ask(client, 'hi')).response).toBe('answer 0');
    expect(answered(await ask(client, 'hi', { live: true })).response).toBe('answer 1');
    expect(answered(await ask(client, 'hi'))).toMatchObject({ response: 'answer 1', cached: true });
  });

  it('is another call for another occurrence or event, unless it is to be deduplicated', async () => {
    const fake = await on.fake('openai', { latencyMs: 20 });
    const client = await on.client([setupOf(fake)]);
    const identities = [{ occurrence: 0 }, { occurrence: 1 }, { event: 'e' }];
    for (const identity of identities) expect(answered(await ask(client, 'hi', { identity })).cached).toBe(false);
    expect(fake.records).toHaveLength(3);

    const same = await Promise.all(identities.map((identity) => ask(client, 'hi', { identity, dedupe: true })));
    expect(same.map((result) => answered(result).cached).sort()).toEqual([false, true, true]);
    expect(fake.records).toHaveLength(4);
  });

  it('is shared by two clients that ask at the same time', async () => {
    const fake = await on.fake('openai', { latencyMs: 100 });
    const clients = [await on.client([setupOf(fake)]), await on.client([setupOf(fake)])];
    const results = await Promise.all(clients.map((client) => ask(client, 'hi')));
    expect(results.map((result) => answered(result).response)).toEqual(['HI', 'HI']);
    expect(fake.records).toHaveLength(1);
  });

  it('is shared by two clients while its answer waits to be repaired', async () => {
    const fake = await on.fake('openai', {
      latencyMs: 20,
      reply: ({ texts }) => (texts.length > 1 ? '{"n":1}' : 'one'),
    });
    const oneByOne = setupOf(fake, 'openai', { maxConcurrency: 1 });
    const clients = [await on.client([oneByOne]), await on.client([oneByOne])];
    const rows = Array.from({ length: 20 }, (_, row) => `row ${row}`);
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    const results = await Promise.all(
      clients.flatMap((client) => rows.map((row) => ask(client, row, { schema, identity: { event: row } }))),
    );
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['answered']));
    expect(fake.records).toHaveLength(2 * rows.length);
  });
});

describe('what an unclean end leaves', () => {
  const DEAD = 'this-host-is-no-more';

  /** As if a process had died right after sending. */
  async function leaveOpen(text: string, baseUrl: string): Promise<void> {
    const identity = { host: DEAD, boot: 'b', namespace: 'ns', pid: 1, started: '1' };
    const owners = listedOwners(processesSeenBy(identity, () => ({ started: '1' })));
    const openAt = (world: AiWorld) =>
      openBooks({ kind: 'lmdb', folder: on.folder }, { ttlMs: 1e9, bytesMax: 1e9 }, world, undefined, owners);
    const books = await openAt(realWorld);
    const time = Date.now() - 2 * 3_600_000;
    const id = attemptId(time, text);
    const { owner } = books;
    const server = { kind: 'openai', baseUrl };
    const facts = { stage: 'ask', request: request(text), maxTokens: 1000, identity: { occurrence: 0 }, server };
    const key = callKey(facts);
    // A clock two hours back, so that an owner elsewhere is given up.
    const past = { ...realWorld, now: () => time };
    const old = await openAt(past);
    await old.budget.reserve(id, 5_000_000n, [{ account: 'day:2026-01-01' }]);
    await books.ledger.open({
      id,
      time,
      pipeline: 'default',
      stage: 'ask',
      call: key,
      attempt: 1,
      provider: 'openai',
      model: MODEL,
      worst: 5_000_000n,
    });
    await books.journal.put(key, {
      pipeline: 'default',
      stage: 'ask',
      event: '#0',
      model: MODEL,
      time,
      state: { kind: 'open', attempt: id, owner, worst: 5_000_000n },
    });
    await old.close();
    await books.close();
  }

  const doubts = async (client: AiClient) => {
    const found = [];
    for await (const doubt of client.doubtful()) found.push(doubt);
    return found;
  };

  it('is named, counted and priced', async () => {
    const fake = await on.fake();
    await leaveOpen('hi', fake.url);
    const client = await on.client([setupOf(fake)]);
    expect(client.recovered).toEqual({ inDoubt: 1, atMost: 5_000_000n });
    expect(await doubts(client)).toMatchObject([{ stage: 'ask', event: '#0', model: MODEL, atMost: 5_000_000n }]);
    const books = await openBooks({ kind: 'lmdb', folder: on.folder }, { ttlMs: 1e9, bytesMax: 1e9 }, realWorld);
    expect(await books.budget.state('day:2026-01-01')).toEqual({ spent: 5_000_000n, setAside: 0n });
    await books.close();
  });

  it('is made again by default, and no longer in doubt', async () => {
    const fake = await on.fake();
    await leaveOpen('hi', fake.url);
    const client = await on.client([setupOf(fake)]);
    expect(answered(await ask(client, 'hi')).cached).toBe(false);
    expect(on.notices.map((notice) => notice.kind)).toEqual(['in-doubt']);
    expect(on.notices[0]?.message).toContain('at most $0.005');
    expect(await doubts(client)).toEqual([]);
  });

  it('stops the run with hold, and fails the call with fail', async () => {
    const fake = await on.fake();
    await leaveOpen('hi', fake.url);
    const client = await on.client([setupOf(fake)]);
    expect(await ask(client, 'hi', { inDoubt: 'hold' })).toMatchObject({ kind: 'stopped', reason: 'in-doubt' });
    expect(await ask(client, 'hi', { inDoubt: 'fail' })).toMatchObject({ kind: 'failed', code: 'in_doubt' });
    expect(fake.records).toHaveLength(0);
    expect(answered(await ask(client, 'other', { inDoubt: 'hold' })).response).toBe('OTHER');
  });
});

describe('an answer that is being repaired', () => {
  it('is not paid for again when the run stops in between', async () => {
    let asked = 0;
    const fake = await on.fake('openai', {
      reply: () => (asked++ === 0 ? 'no JSON' : '{"n": 1}'),
      faults: (n) => (n === 1 ? { kind: 'status', status: 429, headers: { 'retry-after': '100000' } } : undefined),
    });
    const schema = { type: 'object', required: ['n'] };
    const first = await on.client([setupOf(fake)]);
    expect(await ask(first, 'hi', { schema })).toMatchObject({ kind: 'stopped', reason: 'provider-limit' });
    await first.close();
    const second = await on.client([setupOf(fake)]);
    expect(answered(await ask(second, 'hi', { schema }))).toMatchObject({
      response: { n: 1 },
      attempts: 2,
      cached: false,
    });
    expect(fake.records.map(({ call }) => call.texts.length)).toEqual([1, 3, 3]);
    expect(answered(await ask(second, 'hi', { schema })).cost_usd).toBe(Number(fake.billed) / 1e9);
  });
});

describe('what is kept on disk', () => {
  const grep = (text: string): boolean =>
    readdirSync(on.folder).some(
      (file) => /\.mdb$/.test(file) && readFileSync(join(on.folder, file)).includes(Buffer.from(text)),
    );

  it('has prompts and answers, but never a key', async () => {
    const fake = await on.fake('openai', {
      faults: (n) =>
        n === 1 ? { kind: 'status', status: 400, message: 'key sk-very-secret-4711 refused' } : undefined,
      apiKey: 'sk-very-secret-4711',
    });
    const client = await on.client([setupOf(fake)]);
    await ask(client, 'unmistakable prompt');
    const failed = await ask(client, 'another');
    expect(JSON.stringify([failed, on.notices])).not.toContain('secret-4711');
    await client.close();
    expect(grep('unmistakable prompt')).toBe(true);
    expect(grep('UNMISTAKABLE PROMPT')).toBe(true);
    expect(grep('secret-4711')).toBe(false);
  });

  it('has no key that an answer repeats', async () => {
    const apiKey = 'sk-very-secret-4711';
    const fake = await on.fake('openai', { apiKey, reply: () => `unmistakable, and ${apiKey}` });
    const client = await on.client([setupOf(fake)]);
    expect(answered(await ask(client, 'hi')).response).toBe('unmistakable, and ***');
    await client.close();
    expect(grep('unmistakable, and ***')).toBe(true);
    expect(grep('secret-4711')).toBe(false);
  });

  it('has no prompts when only hashes are to be kept', async () => {
    const fake = await on.fake('openai', { reply: () => 'an answer' });
    const client = await on.client([setupOf(fake)], { journal: { store: 'hash' } });
    await ask(client, 'unmistakable prompt');
    expect(answered(await ask(client, 'unmistakable prompt')).cached).toBe(true);
    await client.close();
    expect(grep('unmistakable')).toBe(false);
    expect(grep('an answer')).toBe(true);
  });
});
