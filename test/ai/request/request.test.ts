import { NumberText, type Json } from 'computo-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, inputTokensMax, loadTokenCounter, parseRequest } from '../../../src/ai/request/index.js';
import { anyText } from '../../support/any-text.js';

const messages = [{ role: 'user', content: 'hi' }];

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
    expect(parseRequest({ messages }, 'gpt-4')).toMatchObject({ ok: true, request: { model: 'gpt-4' } });
  });

  it.each<[Json, string]>([
    ['hi', 'the request: expected an object, found text'],
    [[], 'the request: expected an object, found a list'],
    [{ messages }, '/model: missing'],
    [{ model: 7, messages }, '/model: expected text, found 7'],
    [{ model: 'm' }, '/messages: expected a list of at least one message'],
    [{ model: 'm', messages: [] }, '/messages: expected a list of at least one message'],
    [
      { model: 'm', messages: [{ role: 'robot', content: 'x' }] },
      '/messages/0/role: expected one of system, user, assistant, found text',
    ],
    [{ model: 'm', messages: [{ role: 'user' }] }, '/messages/0/content: expected text, found nothing'],
    [{ model: 'm', messages: [{ role: 'user', content: 'x', name: 'y' }] }, '/messages/0/name: unknown key'],
    [
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image' }] }] },
      '/messages/0/content/0: expected {"type": "text"',
    ],
    [{ model: 'm', messages, max_tokens: 0 }, '/max_tokens: expected an integer from 1 to 10000000, found 0'],
    [{ model: 'm', messages, max_tokens: 1.5 }, '/max_tokens: expected an integer'],
    [{ model: 'm', messages, temperature: '0.7' }, '/temperature: expected a number from 0 to 2, found text'],
    [{ model: 'm', messages, stop: [1] }, '/stop: expected text or a list of texts'],
    [{ model: 'm', messages, max_token: 5 }, '/max_token: unknown parameter; the parameters are provider, model'],
  ])('%j is refused: %s', (request, problem) => {
    const parsed = parseRequest(request);
    expect(parsed.ok ? 'accepted' : parsed.problem).toContain(problem);
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
