import { NumberText, type Json, type JsonObject } from 'computo-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, inputTokensMax, loadTokenCounter, parseRequest } from '../../../src/ai/request/index.js';
import { anyText } from '../../support/any-text.js';

const messages = [{ role: 'user', content: 'hi' }];

const part = (inner: JsonObject) => ({ role: 'user', content: [inner] });

const CALL = { id: 'a', name: 'f', arguments: { x: 1 } };
const RESULT = { role: 'tool', tool_call_id: 'a', content: 'done' };
const called = (calls: Json) => ({ role: 'assistant', tool_calls: calls });

describe('a request', () => {
  it('is taken as the seed writes it, null meaning absent', () => {
    const parsed = parseRequest({
      provider: null,
      model: 'gpt-4',
      messages,
      max_tokens: null,
      temperature: 0.7,
      stop: 'END',
    });
    expect(parsed).toEqual({ ok: true, request: { model: 'gpt-4', messages, temperature: 0.7, stop: ['END'] } });
  });

  it('takes the model of its stage when it names none', () => {
    expect(parseRequest({ messages }, { defaultModel: 'gpt-4' })).toMatchObject({
      ok: true,
      request: { model: 'gpt-4' },
    });
  });

  it.each<[Json, string]>([
    ['hi', 'the request: expected an object, found text'],
    [[], 'the request: expected an object, found a list'],
    [{ messages }, '/model: missing'],
    [{ model: 7, messages }, '/model: expected text, found 7'],
    [{ model: 'm' }, '/messages: expected a prompt, or a list of at least one message'],
    [{ model: 'm', messages: [] }, '/messages: expected a prompt, or a list of at least one message'],
    [{ model: 'm', prompt: 7 }, '/prompt: expected text, or a list of parts, found 7'],
    [
      { model: 'm', messages: [{ role: 'robot', content: 'x' }] },
      '/messages/0/role: expected one of system, user, assistant, tool, found text',
    ],
    [
      { model: 'm', messages: [{ role: 'user' }] },
      '/messages/0/content: expected text, or a list of parts, found nothing',
    ],
    [{ model: 'm', messages: [{ role: 'user', content: 'x', name: 'y' }] }, '/messages/0/name: unknown key'],
    [
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image' }] }] },
      '/messages/0/content/0: expected one of url, file and data (base64)',
    ],
    [{ model: 'm', messages, max_tokens: 0 }, '/max_tokens: expected an integer from 1 to 10000000, found 0'],
    [{ model: 'm', messages, max_tokens: 1.5 }, '/max_tokens: expected an integer'],
    [{ model: 'm', messages, temperature: '0.7' }, '/temperature: expected a number from 0 to 2, found text'],
    [{ model: 'm', messages, stop: [1] }, '/stop: expected text or a list of texts'],
    [
      { model: 'm', messages, max_token: 5 },
      '/max_token: a request has no member "max_token": did you mean "max_tokens"?',
    ],
    [{ model: 'm', messages, response_format: {} }, 'give the stage a schema'],
    [{ model: 'm', messages, logit_bias: {} }, 'put it under extra: that is sent as it is, extra: { logit_bias: … }'],
    [{ model: 'm', messages, extra: { n: 2 } }, "/extra/n: n can't stand under extra: limits and budget go by it"],
    [{ model: 'm', messages, reasoning_effort: 'hard' }, '/reasoning_effort: expected one of none, minimal, low'],
    [{ model: 'm', messages, tools: [{}] }, '/tools/0: expected a function {"name": …'],
    [{ model: 'm', messages, tool_choice: 'auto' }, '/tool_choice: there are no tools to choose from'],
    [{ model: 'm', messages, tools: [{ name: 'f' }], tool_choice: { name: 'g' } }, 'no tool is named "g"'],
    [{ model: 'm', messages: [part({ type: 'video' })] }, '0/type: expected text, image, file, audio, found text'],
    [{ model: 'm', messages: [part({ type: 'image', data: '§' })] }, '/messages/0/content/0/data: not base64'],
    [{ model: 'm', messages: [part({ type: 'image', url: 'a.png' })] }, '/url: not an address like https://…'],
    [{ model: 'm', messages: [part({ type: 'audio', data: 'AAAA' })] }, 'its kind is not known: add media_type'],
    [{ model: 'm', messages: [part({ type: 'file', file: 'a.pdf' })] }, '/file: files are not read here'],
    [
      { model: 'm', messages: [{ ...part({ type: 'image', data: 'AAAA' }), role: 'assistant' }] },
      'a message of the role assistant is text',
    ],
    [
      { model: 'm', messages: [called([])] },
      'messages/0/tool_calls: expected a list of at least one call, found a list',
    ],
    [
      { model: 'm', messages: [called('f')] },
      '/messages/0/tool_calls: expected a list of at least one call, found text',
    ],
    [{ model: 'm', messages: [called([{ id: 'a' }])] }, '/messages/0/tool_calls/0: expected a call {"id": …'],
    [
      { model: 'm', messages: [called([{ name: 'f', arguments: '[1]' }])] },
      '/messages/0/tool_calls/0/arguments: expected an object, or its JSON, found text',
    ],
    [
      { model: 'm', messages: [called([CALL])] },
      '/messages: the call of f with the id a has no result: add {"role": "tool", "tool_call_id": "a", "content": …}',
    ],
    [
      { model: 'm', messages: [called([CALL]), { role: 'tool', tool_call_id: 'b', content: '1' }] },
      '/messages/1: no earlier message calls a tool with the id b, or it has its result',
    ],
    [
      { model: 'm', messages: [called([CALL]), RESULT, RESULT] },
      '/messages/2: no earlier message calls a tool with the id a, or it has its result',
    ],
    [
      { model: 'm', messages: [called([CALL]), { role: 'tool', tool_call_id: 'a' }] },
      "/messages/1/content: expected the tool's result, found nothing",
    ],
    [{ model: 'm', messages: [{ role: 'user', content: 'x', tool_calls: [] }] }, '/messages/0/tool_calls: unknown key'],
  ])('%j is refused: %s', (request, problem) => {
    const parsed = parseRequest(request);
    expect(parsed.ok ? 'accepted' : parsed.problem).toContain(problem);
  });
});

describe('a conversation with tools', () => {
  it('has calls as answers here have them or as OpenAI writes them, with or without ids, and results as text or data', () => {
    const openai = { id: 'b', type: 'function', function: { name: 'g', arguments: '{"y":2}' } };
    const conversation = [
      ...messages,
      called([CALL, openai]),
      { role: 'tool', tool_call_id: 'b', content: { ok: true } },
      { role: 'tool', tool_call_id: 'a', content: 'done' },
      { ...called([{ id: null, name: 'f', arguments: {} }]), content: 'once more' },
      { role: 'tool', name: 'f', content: [1] },
    ];
    const parsed = parseRequest({ model: 'm', messages: conversation, prompt: 'So?' });
    expect(parsed).toEqual({
      ok: true,
      request: {
        model: 'm',
        messages: [
          { role: 'user', content: 'hi' },
          {
            role: 'assistant',
            content: [
              { type: 'tool_call', id: 'a', name: 'f', arguments: { x: 1 } },
              { type: 'tool_call', id: 'b', name: 'g', arguments: { y: 2 } },
            ],
          },
          { role: 'tool', content: [{ type: 'tool_result', id: 'b', name: 'g', text: '{"ok":true}' }] },
          { role: 'tool', content: [{ type: 'tool_result', id: 'a', name: 'f', text: 'done' }] },
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'once more' },
              { type: 'tool_call', id: 'call-1', name: 'f', arguments: {} },
            ],
          },
          { role: 'tool', content: [{ type: 'tool_result', id: 'call-1', name: 'f', text: '[1]' }] },
          { role: 'user', content: 'So?' },
        ],
      },
    });
  });

  it('is reserved for with all that is sent', () => {
    const long = 'x'.repeat(5000);
    const parsed = parseRequest({ model: 'm', messages: [called([CALL]), { ...RESULT, content: long }] });
    expect(parsed.ok && inputTokensMax(parsed.request)).toBeGreaterThan(5000);
  });
});

describe('a short request', () => {
  it('is a system message, and a prompt behind the messages', () => {
    const parsed = parseRequest({ model: 'm', system: 'be brief', messages, prompt: 'and now?' });
    expect(parsed).toMatchObject({
      request: {
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'hi' },
          { role: 'user', content: 'and now?' },
        ],
      },
    });
  });

  it('has tools in either form, numbers that are exact as plain ones, and what only a provider knows', () => {
    const parsed = parseRequest({
      model: 'm',
      prompt: 'hi',
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }, { name: 'g' }],
      tool_choice: { type: 'function', function: { name: 'g' } },
      reasoning_effort: 'low',
      extra: { top_a: new NumberText('0.50') },
    });
    expect(parsed).toMatchObject({
      request: {
        tools: [
          { name: 'f', parameters: { type: 'object' } },
          { name: 'g', parameters: { type: 'object', properties: {} } },
        ],
        tool_choice: { name: 'g' },
        reasoning_effort: 'low',
        extra: { top_a: 0.5 },
      },
    });
  });

  it('knows what kind of file a part is: by what it says, by its bytes, by its name', () => {
    const content = [
      { type: 'image', data: 'iVBORw0KGgo=' },
      { type: 'image', url: 'data:image/gif;base64,R0lGODlh' },
      { type: 'image', url: 'https://example.com/a.webp?x' },
      { type: 'image', url: 'https://example.com/a' },
      { type: 'file', file: 'doc/b.pdf' },
      { type: 'audio', data: 'AAAA', media_type: 'audio/flac' },
    ];
    const readPart = () => ({ data: 'AAAA' });
    const parsed = parseRequest({ model: 'm', prompt: content }, { readPart });
    const parts = parsed.ok ? parsed.request.messages[0]?.content : [];
    expect(parts).toMatchObject([
      { mediaType: 'image/png', data: 'iVBORw0KGgo=' },
      { mediaType: 'image/gif', data: 'R0lGODlh' },
      { mediaType: 'image/webp', url: 'https://example.com/a.webp?x' },
      { mediaType: 'image/*' },
      { mediaType: 'application/pdf', name: 'b.pdf', data: 'AAAA' },
      { mediaType: 'audio/flac' },
    ]);
  });
});

describe('a number that no double holds', () => {
  it('is not a parameter', () => {
    const temperature = new NumberText('0.70000000000000000000001');
    expect(parseRequest({ model: 'm', messages, temperature })).toMatchObject({ ok: false });
    expect(parseRequest({ model: 'm', messages, seed: 2n ** 60n })).toMatchObject({ ok: false });
  });
});

describe('canonical JSON', () => {
  it('is the same text for the same data in any order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(object));
        expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });
});

describe('the bound on input tokens', () => {
  it('is above what a tokenizer counts, for any text', async () => {
    const count = await loadTokenCounter();
    const text = fc.oneof(anyText({ maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 100 }));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
        const request = { messages: texts.map((content) => ({ role: 'user' as const, content })) };
        expect(count(request)).toBeLessThanOrEqual(inputTokensMax(request));
      }),
    );
  });

  it('counts special tokens in a prompt as the plain text that they are', async () => {
    const count = await loadTokenCounter();
    expect(count({ messages: [{ role: 'user', content: '<|endoftext|>' }] })).toBeGreaterThan(8);
  });
});
