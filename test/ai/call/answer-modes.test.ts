import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeProviderOptions, FakeWireName } from '../../support/fake-provider.js';
import { answered, context, MODEL, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const LABEL = { enum: ['good', 'bad'] };
const LABELS = {
  type: 'object',
  properties: { labels: { type: 'array', items: LABEL, uniqueItems: true }, at: { type: 'string', format: 'uri' } },
  required: ['labels', 'at'],
  additionalProperties: false,
};
const WRAPPED = '{"value":"good"}';

const asked = (fake: { readonly records: readonly { readonly call: { readonly format?: unknown } }[] }) =>
  fake.records.map(({ call }) => call.format ?? 'prompt');

describe('a schema that a provider does not take as it is', () => {
  it('is sent without the keywords that strict mode refuses, which are checked here', async () => {
    const replies = ['{"labels":["good","good"],"at":"http://x.org/"}', '{"labels":["good"],"at":"http://x.org/"}'];
    const fake = await on.fake('openai', { reply: () => replies.shift() ?? '' });
    const client = await on.client([setupOf(fake)]);
    const result = answered(await client.call(request('hi'), context({ schema: LABELS })));
    expect(result).toMatchObject({ response: { labels: ['good'], at: 'http://x.org/' }, attempts: 2 });
    expect(fake.records[1]?.call.texts.at(-1)).toContain('/labels must NOT have duplicate items');
    expect(asked(fake)).toEqual(['strict', 'strict']);
    expect(fake.deviations).toEqual([]);
  });

  it.each<readonly [FakeWireName, string, string]>([
    ['openai', MODEL, 'strict'],
    ['openai-compatible', 'llama', 'strict'],
    ['anthropic', 'claude-3-haiku-20240307', 'tool'],
    ['anthropic', 'claude-sonnet-4-5', 'json_schema'],
    ['google', 'gemini-2.5-flash', 'json_schema'],
  ])('is wrapped when its root is not an object, at %s for %s', async (wire, model, format) => {
    const fake = await on.fake(wire, { reply: () => WRAPPED });
    const client = await on.client([setupOf(fake, wire)]);
    expect(answered(await client.call(request('hi', model), context({ schema: LABEL })))).toMatchObject({
      response: 'good',
      attempts: 1,
    });
    expect(asked(fake)).toEqual([format]);
    expect(fake.records[0]?.call.schema).toMatchObject({ properties: { value: { enum: ['good', 'bad'] } } });
    expect(fake.deviations).toEqual([]);
  });

  it('has its listed numbers put into words for Google', async () => {
    const fake = await on.fake('google', { reply: () => '{"n":3}' });
    const client = await on.client([setupOf(fake, 'google')]);
    const schema = { type: 'object', properties: { n: { const: 3 } }, required: ['n'] };
    expect(answered(await client.call(request('hi', 'gemini-2.5-flash'), context({ schema }))).response).toEqual({
      n: 3,
    });
    expect(fake.records[0]?.call.schema).toMatchObject({
      properties: { n: { type: 'number', description: 'One of 3.' } },
    });
    expect(fake.deviations).toEqual([]);
  });
});

describe('a provider that does not know a way to ask', () => {
  const takes = ['strict', 'json_schema', 'json_object'] as const;

  it.each<readonly [FakeProviderOptions['takes'] & {}, readonly string[]]>([
    [
      ['json_schema', 'json_object'],
      ['strict', 'json_schema'],
    ],
    [['json_object'], ['strict', 'json_schema', 'json_object']],
    [[], ['strict', 'json_schema', 'json_object', 'prompt']],
  ])('and takes %j is asked in the next one, once for a model, at no cost and no attempt', async (takes, ways) => {
    const fake = await on.fake('openai-compatible', { takes, reply: () => WRAPPED });
    const client = await on.client([
      setupOf(fake, 'openai-compatible', {
        retry: { attemptsMax: 1, baseDelayMs: 1, delayMsMax: 1, retryAfterMsMax: 1 },
      }),
    ]);
    const ask = async (text: string, model = 'a') =>
      answered(await client.call(request(text, model), context({ schema: LABEL })));
    expect(await ask('one')).toMatchObject({ response: 'good', attempts: 1, cost_usd: Number(fake.billed) / 1e9 });
    await ask('two');
    expect(asked(fake)).toEqual([...ways, ways.at(-1)]);
    await ask('three', 'b');
    expect(asked(fake).slice(ways.length + 1)).toEqual(ways);
    const last = fake.records.at(-1)?.call.texts.at(-1) ?? '';
    expect(last.includes('JSON Schema')).toBe(takes.length < 2);
    expect(on.notices.map(({ kind }) => kind)).toContain('request-changed');
    expect(fake.deviations).toEqual([]);
  });

  it('is asked in the way that a stage chooses, and in no other', async () => {
    const fake = await on.fake('openai', { takes: ['tool'], reply: () => WRAPPED });
    const client = await on.client([setupOf(fake)]);
    const ask = (schemaMode: (typeof takes)[number] | 'tool' | 'prompt') =>
      client.call(request('hi'), context({ schema: LABEL, schemaMode, stage: schemaMode }));
    for (const mode of takes) expect(await ask(mode)).toMatchObject({ kind: 'failed', code: 'provider_error' });
    expect(await ask('tool')).toMatchObject({ response: 'good' });
    expect(await ask('prompt')).toMatchObject({ response: 'good' });
    expect(asked(fake)).toEqual([...takes, 'tool', 'prompt']);
    expect(fake.deviations).toEqual([]);
  });

  it.each<readonly [FakeWireName, string]>([
    ['openai-compatible', 'llama'],
    ['anthropic', 'claude-sonnet-4-5'],
    ['google', 'gemini-2.5-flash'],
  ])('can be made to call a function, at %s', async (wire, model) => {
    const fake = await on.fake(wire, { takes: ['tool'], reply: () => WRAPPED });
    const client = await on.client([setupOf(fake, wire)]);
    const result = await client.call(request('hi', model), context({ schema: LABEL, schemaMode: 'tool' }));
    expect(result).toMatchObject({ kind: 'answered', response: 'good', attempts: 1 });
    expect(fake.deviations).toEqual([]);
  });

  it('because of the schema is asked otherwise for that schema alone', async () => {
    const message = "Invalid schema for response_format 'answer': In context=(), 'pattern' is too complex";
    const fake = await on.fake('openai', {
      faults: (n) => (n === 0 ? { kind: 'status', status: 400, type: 'invalid_json_schema', message } : undefined),
      reply: () => WRAPPED,
    });
    const client = await on.client([setupOf(fake)]);
    for (const schema of [LABEL, LABEL, { enum: ['good'] }])
      answered(await client.call(request('hi'), context({ schema, dedupe: true, live: true })));
    expect(asked(fake)).toEqual(['strict', 'json_schema', 'json_schema', 'strict']);
  });

  it('pays nothing anew in a later run, whichever way that asks', async () => {
    const fake = await on.fake('openai-compatible', { takes: [], reply: () => WRAPPED });
    const setup = setupOf(fake, 'openai-compatible');
    const first = await on.client([setup]);
    const before = answered(await first.call(request('hi'), context({ schema: LABEL })));
    await first.close();
    const sent = fake.records.length;
    const second = await on.client([setup]);
    for (const schemaMode of ['auto', 'strict', 'tool'] as const)
      expect(await second.call(request('hi'), context({ schema: LABEL, schemaMode }))).toMatchObject({
        response: before.response,
        cached: true,
      });
    expect(fake.records).toHaveLength(sent);
  });

  it('is found out by calls at the same time without a failure', async () => {
    const fake = await on.fake('openai-compatible', { takes: ['json_object'], reply: () => WRAPPED });
    const client = await on.client([setupOf(fake, 'openai-compatible')]);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.call(request(`row ${i}`), context({ schema: LABEL }))),
    );
    expect(results.map((result) => answered(result).attempts)).toEqual(results.map(() => 1));
  });
});
