import { afterEach, describe, expect, it } from 'vitest';
import { costOf, configuredPrice } from '../../../src/ai/money/index.js';
import {
  createProvider,
  type Provider,
  type ProviderFailure,
  type ProviderRequest,
  type ProviderAnswer,
} from '../../../src/ai/provider/index.js';
import { providerKinds } from '../../../src/ai/provider/kinds/index.js';
import { inputTokensMax, type MediaPart } from '../../../src/ai/request/index.js';
import { realWorld } from '../../../src/ai/ai-world.js';
import type { Fault } from '../../support/fake-faults.js';
import { until } from '../../support/daemon.js';
import {
  startFakeProvider,
  type FakeProvider,
  type FakeProviderOptions,
  type FakeWireName,
} from '../../support/fake-provider.js';

const KINDS = [
  { kind: 'openai', model: 'gpt-4o-mini' },
  { kind: 'openai-compatible', model: 'llama-3.1-8b' },
  { kind: 'anthropic', model: 'claude-3-haiku-20240307' },
  { kind: 'google', model: 'gemini-2.5-flash' },
] as const;

const SCHEMA = {
  type: 'object',
  properties: { label: { type: 'string' } },
  required: ['label'],
  additionalProperties: false,
};
/** Longer than any machine needs, but where a test waits for the end of it. */
const TIMEOUTS = { connectMs: 20_000, firstByteMs: 20_000, idleMs: 20_000, totalMs: 20_000 };
const signal = new AbortController().signal;

/** What only one wire knows. */
const EXTRA: Readonly<Record<FakeWireName, Record<string, unknown>>> = {
  openai: { logprobs: true, top_logprobs: 3 },
  'openai-compatible': { logprobs: true },
  anthropic: { metadata: { user_id: 'u' } },
  google: { generationConfig: { topK: 7 }, safetySettings: [{ category: 'c', threshold: 'BLOCK_NONE' }] },
};

/** Models that are told in different ways how much to think. */
const THINKERS: Readonly<Record<FakeWireName, readonly string[]>> = {
  openai: ['gpt-5.1'],
  'openai-compatible': ['deepseek-r1'],
  anthropic: ['claude-haiku-4-5', 'claude-opus-4-6'],
  google: ['gemini-2.5-flash', 'gemini-3-pro-preview'],
};

/** Settings that a wire lacks. */
const LACKING: Readonly<Record<FakeWireName, Partial<ProviderRequest>>> = {
  openai: { top_k: 5 },
  'openai-compatible': { top_k: 5 },
  anthropic: { seed: 1, frequency_penalty: 0.5 },
  google: {},
};

describe('the contract', () => {
  it('is held by every kind of provider', () => {
    expect(providerKinds.names.filter((name) => !KINDS.some(({ kind }) => kind === name))).toEqual([]);
  });
});

describe.each(KINDS)('a provider of kind $kind', ({ kind, model }) => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0)) await thing.close();
  });

  async function setup(
    options: Partial<FakeProviderOptions> = {},
    apiKey?: string,
    timeouts = TIMEOUTS,
  ): Promise<{ fake: FakeProvider; provider: Provider }> {
    const fake = await startFakeProvider({ wire: kind, ...options });
    const key = apiKey ?? fake.apiKey;
    const provider = createProvider(
      kind,
      { name: 'mine', baseUrl: fake.url, apiKey: { reveal: () => key }, timeouts },
      realWorld,
    );
    open.push(provider, fake);
    return { fake, provider };
  }

  const request = (more: Partial<ProviderRequest> = {}): ProviderRequest => ({
    model,
    messages: [
      { role: 'system', content: 'Answer in capitals.' },
      { role: 'user', content: 'hello there, grüß Gott, 你好' },
    ],
    maxOutputTokens: 100,
    ...more,
  });

  async function answered(provider: Provider, more: Partial<ProviderRequest> = {}): Promise<ProviderAnswer> {
    const result = await provider.call(request(more), signal);
    if (!result.ok) throw new Error(result.failure.message);
    return result.answer;
  }

  async function failureOf(fault: Fault): Promise<ProviderFailure> {
    const timeouts = {
      ...TIMEOUTS,
      ...(fault.kind === 'hang' && { firstByteMs: 300 }),
      ...(fault.kind === 'idle' && { idleMs: 300 }),
    };
    const { provider } = await setup({ faults: () => fault }, undefined, timeouts);
    const result = await provider.call(request(), signal);
    if (result.ok) throw new Error('it succeeded');
    return result.failure;
  }

  it('sends nothing when its key can’t be read, and says where it was looked for', async () => {
    const { fake } = await setup();
    const apiKey = { reveal: () => Promise.reject(new Error('cannot read the secret in ./key')) };
    const provider = createProvider(kind, { name: 'mine', baseUrl: fake.url, apiKey, timeouts: TIMEOUTS }, realWorld);
    open.push(provider);
    expect(await provider.call(request(), signal)).toMatchObject({
      failure: {
        code: 'not_authorized',
        outcome: { kind: 'run-fatal' },
        billing: 'none',
        message: 'mine: no API key: cannot read the secret in ./key',
      },
    });
    expect(fake.records).toEqual([]);
  });

  it.each(['schlüssel-12345678', 'sk-one\nsk-two', 'sk-🔑'])('takes %j for no key, and sends nothing', async (key) => {
    const { fake, provider } = await setup({}, key);
    const result = await provider.call(request(), signal);
    expect(result).toMatchObject({
      failure: { code: 'not_authorized', outcome: { kind: 'run-fatal' }, billing: 'none' },
    });
    expect(JSON.stringify(result)).not.toContain(key.slice(0, 6));
    expect(fake.records).toEqual([]);
  });

  it('asks at its address, however many slashes that ends in', async () => {
    const { fake } = await setup();
    const apiKey = { reveal: () => fake.apiKey };
    const options = { name: 'mine', baseUrl: `${fake.url}///`, apiKey, timeouts: TIMEOUTS };
    const provider = createProvider(kind, options, realWorld);
    open.push(provider);
    expect((await answered(provider)).finish.kind).toBe('complete');
    expect([fake.deviations, provider.baseUrl]).toEqual([[], fake.url]);
  });

  it('answers, and says which model served, under which request id, with how many tokens', async () => {
    const { fake, provider } = await setup();
    const answer = await answered(provider);
    expect(answer).toMatchObject({
      text: 'HELLO THERE, GRÜSS GOTT, 你好',
      finish: { kind: 'complete' },
      model,
      requestId: 'req_0',
      responseId: 'answer-0',
      warnings: [],
    });
    expect(answer.tokens).toEqual({ ...fake.records[0]?.usage, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0 });
    expect(fake.deviations).toEqual([]);
  });

  it('sends what a request names and nothing that it does not', async () => {
    const { fake, provider } = await setup();
    await answered(provider);
    await answered(provider, { temperature: 0.5, top_p: 0.9, stop: ['END'] });
    await answered(provider, {
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
        { role: 'user', content: [{ type: 'text', text: 'three' }] },
      ],
    });
    expect(fake.deviations).toEqual([]);
    expect(fake.records.map(({ call }) => call.texts.length)).toEqual([2, 2, 3]);
    expect(fake.records[0]?.call.outputTokensMax).toBe(100);
  });

  it('sends the rest where its wire lacks a setting, and says which', async () => {
    const { provider } = await setup();
    for (const stream of [true, false]) {
      const { warnings } = await answered(provider, { ...LACKING[kind], stream });
      expect(warnings).toHaveLength(Object.keys(LACKING[kind]).length);
    }
  });

  it("asks for structured output in the provider's own way", async () => {
    const { fake, provider } = await setup({ reply: () => '{"label":"spam"}' });
    const answer = await answered(provider, { schema: SCHEMA });
    expect(JSON.parse(answer.text)).toEqual({ label: 'spam' });
    expect(fake.records[0]?.call.wantsJson).toBe(true);
    await answered(provider, { schema: { type: 'object', properties: { label: { type: 'string' } } } });
    expect(fake.deviations).toEqual([]);
  });

  it("hands on a tool's calls and what they came to", async () => {
    const { fake, provider } = await setup();
    const tools = [{ name: 'weather', parameters: { type: 'object', properties: {} } }];
    const call = (id: string, city: string) =>
      ({ type: 'tool_call', id, name: 'weather', arguments: { city } }) as const;
    const result = (id: string, text: string) => ({ type: 'tool_result', id, name: 'weather', text }) as const;
    await answered(provider, {
      tools,
      messages: [
        { role: 'user', content: 'Where is it warmer?' },
        { role: 'assistant', content: [{ type: 'text', text: 'Let me see.' }, call('c1', 'Köln'), call('c2', 'Rom')] },
        { role: 'tool', content: [result('c1', '8')] },
        { role: 'tool', content: [result('c2', '{"celsius":17}')] },
        { role: 'user', content: 'So?' },
      ],
    });
    expect(fake.deviations).toEqual([]);
    const sent = JSON.stringify(fake.records.at(-1)?.call.body);
    for (const said of ['Let me see.', 'Köln', 'Rom', 'celsius']) expect(sent).toContain(said);
  });

  it('asks for tools, and tells which one the model wants, and what it thought', async () => {
    const asked = { id: 'call-1', name: 'weather', arguments: { city: 'Köln', days: 2 } };
    const { fake, provider } = await setup({ calls: () => [asked], thoughts: 'Where is Köln?' });
    const tools = [{ name: 'weather', description: 'Tells it.', parameters: { type: 'object', properties: {} } }];
    const answer = await answered(provider, { tools, tool_choice: 'required' });
    expect(answer).toMatchObject({ text: '', finish: { kind: 'complete' }, warnings: [] });
    expect(answer.parts).toMatchObject({ reasoning: 'Where is Köln?', tool_calls: [asked] });
    await answered(provider, { tools, tool_choice: { name: 'weather' } });
    expect(fake.deviations).toEqual([]);
    expect(JSON.stringify(fake.records[0]?.call.body)).toContain('Tells it.');
  });

  it('sends how much the model shall think, within the cap, and what stands under extra', async () => {
    const { fake, provider } = await setup();
    const more = { maxOutputTokens: 8000, extra: EXTRA[kind] };
    for (const thinker of THINKERS[kind]) {
      for (const effort of ['none', 'low', 'high'] as const) {
        await answered(provider, { ...more, model: thinker, reasoning_effort: effort });
      }
    }
    expect(fake.deviations).toEqual([]);
    const bodies = fake.records.map(({ call }) => JSON.stringify(call.body));
    expect(new Set(bodies).size).toBe(3 * THINKERS[kind].length);
    for (const { call } of fake.records) expect(call).toMatchObject({ outputTokensMax: 8000, body: EXTRA[kind] });
  });

  it('sends pictures and documents, and says which it cannot', async () => {
    const { fake, provider } = await setup();
    const png = { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=', digest: 'd' } as const;
    const pdf = { type: 'file', mediaType: 'application/pdf', data: 'JVBERi0=', digest: 'd', name: 'a.pdf' } as const;
    const far = { type: 'image', mediaType: 'image/*', url: 'https://example.com/a.jpg' } as const;
    const asking = (...parts: MediaPart[]) => ({
      messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'what is it?' }, ...parts] }],
    });
    await answered(provider, asking(png, pdf, far));
    expect(fake.deviations).toEqual([]);
    const body = JSON.stringify(fake.records[0]?.call.body);
    for (const sent of ['iVBORw0KGgo=', 'JVBERi0=', 'https://example.com/a.jpg']) expect(body).toContain(sent);
    const wav = { type: 'audio', mediaType: 'audio/wav', url: 'https://example.com/a.wav' } as const;
    const heard = await provider.call(request(asking(wav)), signal);
    if (kind === 'google') expect(heard).toMatchObject({ ok: true });
    else {
      expect(heard).toMatchObject({ failure: { code: 'unsupported_request', billing: 'none' } });
      expect(heard).toMatchObject({ failure: { message: expect.stringMatching(/audio/) as string } });
    }
  });

  it('never has more input tokens than the bound for its text', async () => {
    const { fake, provider } = await setup();
    await answered(provider);
    const [record] = fake.records;
    expect(record?.usage.input).toBeLessThanOrEqual(inputTokensMax(request()));
    const price = configuredPrice({ input: '0.00003', output: '0.00006' });
    const tokens = (await answered(provider)).tokens;
    expect(tokens && costOf(price, tokens)).toBe(record?.billed);
  });

  it.each(['truncated', 'filtered', 'refused'] as const)(
    'tells an answer that was %s from a whole one',
    async (finish) => {
      const { provider } = await setup({ faults: () => ({ kind: 'finish', finish }) });
      const { kind: told } = (await answered(provider)).finish;
      expect(told).not.toBe('complete');
      if (finish === 'truncated') expect(told).toBe('truncated');
      else expect(['filtered', 'refused']).toContain(told);
    },
  );

  it.each([
    [400, 'invalid_request', { kind: 'record-fatal', elsewhere: false }],
    [402, 'out_of_credit', { kind: 'refused' }],
    [403, 'forbidden', { kind: 'refused' }],
    [404, 'model_not_found', { kind: 'record-fatal', elsewhere: true }],
    [408, 'server_error', { kind: 'retry-now' }],
    [409, 'server_error', { kind: 'retry-now' }],
    [413, 'request_too_large', { kind: 'record-fatal', elsewhere: true }],
    [429, 'rate_limited', { kind: 'wait-until', delayMs: undefined }],
    [500, 'server_error', { kind: 'retry-now' }],
    [502, 'server_error', { kind: 'retry-now' }],
    [503, 'overloaded', { kind: 'retry-now' }],
    [504, 'server_error', { kind: 'retry-now' }],
    [529, 'overloaded', { kind: 'retry-now' }],
    [302, 'unsupported_request', { kind: 'refused' }],
  ])('judges a status of %i as %s', async (status, code, outcome) => {
    const failure = await failureOf({ kind: 'status', status });
    expect(failure).toMatchObject({ code, outcome, status });
    expect(failure.billing).toBe(status === 502 || status === 504 ? 'unknown' : 'none');
    expect(failure.message).toContain(`mine: HTTP ${status}: fake fault ${status}`);
  });

  it('obeys the time that a 429 names', async () => {
    const failure = await failureOf({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    expect(failure.outcome).toEqual({ kind: 'wait-until', delayMs: 7000 });
  });

  it.each<[Fault, string]>([
    [{ kind: 'cut' }, 'connection_lost'],
    [{ kind: 'broken-json' }, 'broken_answer'],
    [{ kind: 'idle' }, 'timeout'],
    [{ kind: 'unended', events: 2, cut: true }, 'connection_lost'],
    [{ kind: 'error-event', type: 'server_error' }, 'server_error'],
  ])('keeps what a stream brought before %j, and does not know what was billed', async (fault, code) => {
    const failure = await failureOf(fault);
    expect(failure).toMatchObject({ code, billing: 'unknown', outcome: { kind: 'retry-now' } });
    expect('HELLO THERE, GRÜSS GOTT, 你好'.startsWith(failure.partial ?? 'nothing')).toBe(true);
  });

  it('answers alike streamed, whole though a stream was asked for, and whole', async () => {
    const { fake, provider } = await setup({ faults: (n) => (n === 1 ? { kind: 'whole' } : undefined) });
    const streamed = await answered(provider);
    const { requestId, responseId, rawUsage } = streamed;
    const own = { limits: {}, requestId, responseId };
    expect({ ...(await answered(provider)), ...own }).toEqual({ ...streamed, limits: {} });
    const whole = await answered(provider, { stream: false });
    expect({ ...whole, ...own, rawUsage }).toEqual({ ...streamed, limits: {} });
    expect(fake.records.map(({ call }) => call.stream)).toEqual([true, true, false]);
    expect(fake.deviations).toEqual([]);
  });

  it.each(['Unrecognized request argument supplied: stream_options', 'streaming is not supported'])(
    'asks once for a stream where that is refused: %s',
    async (refusesStreams) => {
      const { fake, provider } = await setup({ refusesStreams });
      const refused = await provider.call(request(), signal);
      expect(refused).toMatchObject({ failure: { outcome: { kind: 'ask-otherwise' }, billing: 'none' } });
      await answered(provider);
      await answered(provider);
      const other = kind === 'google' ? 'gemini-other' : `${model}-other`;
      expect(await provider.call(request({ model: other }), signal)).toMatchObject({ ok: false });
      expect(fake.records.map(({ call }) => call.stream)).toEqual([true, false, false, true]);
    },
  );

  it.each<[Fault, string, string]>([
    [{ kind: 'cut' }, 'connection_lost', 'unknown'],
    [{ kind: 'broken-json' }, 'broken_answer', 'unknown'],
    [{ kind: 'hang', billed: true }, 'timeout', 'unknown'],
    [{ kind: 'reset', billed: true }, 'connection_lost', 'unknown'],
  ])('retries after %j, and does not know what was billed', async (fault, code, billing) => {
    expect(await failureOf(fault)).toMatchObject({ code, billing, outcome: { kind: 'retry-now' } });
  });

  it.each([
    ['depth', `{"choices":${'['.repeat(300_000)}${']'.repeat(300_000)}}`, 'is nested more than 200 levels deep'],
    ['values', `{"content":[${'{},'.repeat(300_000)}{}]}`, 'has more than 100000 JSON values'],
    ['keys', `{"a":{${'"k":1,'.repeat(300_000)}"k":1}}`, 'has more than 100000 JSON values'],
    ['bytes', JSON.stringify({ id: 'x'.repeat(8 * 1024 * 1024) }), 'is larger than 8388608 bytes'],
  ])('does not read an answer of too many %s', async (_what, body, words) => {
    const failure = await failureOf({ kind: 'body', body });
    expect(failure).toMatchObject({ code: 'broken_answer', billing: 'unknown', outcome: { kind: 'retry-now' } });
    expect(failure.message).toContain(`mine: the answer ${words}`);
  });

  it('knows that nothing was billed when it could not connect', async () => {
    const { fake, provider } = await setup();
    await fake.close();
    const result = await provider.call(request(), signal);
    expect(result).toMatchObject({
      ok: false,
      failure: { code: 'unreachable', billing: 'none', outcome: { kind: 'retry-now' } },
    });
  });

  it.each<Fault>([{ kind: 'usage-missing' }, { kind: 'usage-wrong' }])(
    'takes an answer after %j, without tokens',
    async (fault) => {
      const { fake, provider } = await setup({ faults: () => fault });
      expect(await answered(provider)).toMatchObject({ text: 'HELLO THERE, GRÜSS GOTT, 你好', tokens: undefined });
      await answered(provider);
      // A compatible server may count whole answers only.
      const isLeft = kind === 'openai-compatible' && fault.kind === 'usage-missing';
      expect(fake.records.map(({ call }) => call.stream)).toEqual([true, !isLeft]);
    },
  );

  it('needs no headers in an answer, and no speed', async () => {
    const { provider } = await setup({ faults: (n) => ({ kind: n === 0 ? 'headers-missing' : 'slow' }) });
    expect((await answered(provider)).limits).toEqual({});
    expect((await answered(provider)).finish.kind).toBe('complete');
  });

  it('stops when aborted', async () => {
    const { fake, provider } = await setup({ faults: () => ({ kind: 'hang', billed: true }) });
    const abort = new AbortController();
    const call = provider.call(request(), abort.signal);
    await until(() => fake.records.length === 1, 'the request is there');
    abort.abort();
    expect(await call).toMatchObject({ ok: false, failure: { code: 'aborted', billing: 'unknown' } });
    const never = await provider.call(request(), abort.signal);
    expect(never).toMatchObject({ ok: false, failure: { code: 'aborted', billing: 'none' } });
  });

  it('never shows its key in an answer, though the server repeats it', async () => {
    const apiKey = 'sk-secret-4711-0123456789';
    const { provider } = await setup({ apiKey, reply: () => `your key is ${apiKey}, or so` });
    // Google's addresses have the model, and are no place for a key.
    const answer = await answered(provider, kind === 'google' ? {} : { model: `${model}-${apiKey}` });
    expect(answer.text).toBe('your key is ***, or so');
    expect(JSON.stringify(answer)).not.toContain('secret-4711');
  });

  it('never shows a key of its headers in an answer, but any other value of them', async () => {
    const { fake } = await setup({ reply: () => 'gateway-4711-0123456789, as of 2026-01-05-preview' });
    const headers = { 'x-gateway-auth': 'Bearer gateway-4711-0123456789', 'x-version': '2026-01-05-preview' };
    const apiKey = { reveal: () => fake.apiKey };
    const options = { name: 'mine', baseUrl: fake.url, apiKey, timeouts: TIMEOUTS, headers };
    const provider = createProvider(kind, options, realWorld);
    open.push(provider);
    expect((await answered(provider)).text).toBe('***, as of 2026-01-05-preview');
  });

  it('never shows its key, though the server repeats it', async () => {
    const { provider } = await setup({}, 'sk-wrong-secret-4711');
    const result = await provider.call(request(), signal);
    expect(result).toMatchObject({ ok: false, failure: { code: 'not_authorized', outcome: { kind: 'run-fatal' } } });
    expect(JSON.stringify(result)).not.toContain('secret-4711');
  });
});
