import { describe, expect, it } from 'vitest';
import { cachePrefix } from '../../../src/config/script/index.js';
import { withCacheMark } from '../../../src/ai/provider/cache-mark.js';
import { promptOf } from '../../../src/ai/provider/prompt.js';
import { inWordsFirst } from '../../../src/ai/schema/index.js';
import type { Message } from '../../../src/ai/request/index.js';

describe('what is the same for all requests of a stage', () => {
  it.each([
    ['a prompt up to its placeholder', { prompt: 'of ${/q}: ${/r}' }, [0, 0, 'of ']],
    ['a system message and the beginning of a prompt', { system: 's', prompt: 'of ${/q}' }, [1, 0, 'of ']],
    ['whatever the order of the members', { prompt: '${/q}', system: 's' }, [1, 0, '']],
    ['the beginning of a system message', { system: 's ${/lang} t', prompt: 'x' }, [0, 0, 's ']],
    ['all of it', { system: 's', prompt: 'p' }, [2, 0, '']],
    ['nothing', { prompt: '${/q} of' }, [0, 0, '']],
    [
      'examples',
      {
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'u' },
          { role: 'assistant', content: 'a' },
          { role: 'user', content: 'and ${/q}' },
        ],
      },
      [3, 0, 'and '],
    ],
    [
      'parts',
      {
        prompt: [
          { type: 'image', url: 'https://x/a.png' },
          { type: 'text', text: 'is ${/q}' },
        ],
      },
      [0, 1, 'is '],
    ],
    [
      'a part that differs',
      {
        prompt: [
          { type: 'image', url: '${/u}' },
          { type: 'text', text: 'is' },
        ],
      },
      [0, 0, ''],
    ],
    ['a role that differs', { messages: [{ role: '${/r}', content: 'x' }] }, [0, 0, '']],
    ['messages that are all put in', { system: 's', messages: '${/m}', prompt: 'x' }, [1, 0, '']],
  ])('is, in a template, %s', (_, template, [messages, parts, text]) => {
    expect(cachePrefix(template, true)).toEqual({ messages, parts, text });
  });

  it.each([
    ['literals', ['obj', 'system', 's', 'prompt', ['$input', '/q']], [1, 0, '']],
    ['a text that is joined', ['obj', 'prompt', ['strConcat', 'of ', ['$input', '/q'], '.']], [0, 0, 'of ']],
    [
      'messages',
      [
        'obj',
        'messages',
        [{ role: 'system', content: 's' }, ['obj', 'role', 'user', 'content', ['strConcat', 'b ', ['$input', '/x']]]],
      ],
      [1, 0, 'b '],
    ],
    ['classic pairs', ['obj', ['messages', { array: [{ role: 'system', content: 's' }, ['$input']] }]], [1, 0, '']],
    ['nothing of a call', ['merge', { system: 's' }, ['$input']], [0, 0, '']],
    [
      'nothing of messages that a call makes',
      ['obj', 'messages', ['map', ['$input'], ['lambda', ['x'], 1]]],
      [0, 0, ''],
    ],
  ])('is, in a script, %s', (_, script, [messages, parts, text]) => {
    expect(cachePrefix(script, false)).toEqual({ messages, parts, text });
  });
});

describe('the mark of a cache', () => {
  const marked = (messages: readonly Message[], cache: readonly [number, number, string]) => {
    const [count, parts, text] = cache;
    const request = { model: 'm', messages, maxOutputTokens: 1, cache: { messages: count, parts, text } };
    return promptOf(withCacheMark(request).messages);
  };
  const CACHED = { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } };
  const user = (content: Message['content']): Message => ({ role: 'user', content });
  const system = (content: string): Message => ({ role: 'system', content });

  it.each([
    ['in a text, which it splits', [user('of this')], [0, 0, 'of '], [[{ text: 'of ', ...CACHED }, { text: 'this' }]]],
    ['at the end of a text that is all the same', [user('of ')], [0, 0, 'of '], [[{ text: 'of ', ...CACHED }]]],
    ['not behind what only blanks follow', [user('of  ')], [0, 0, 'of '], [[{ text: 'of  ', ...CACHED }]]],
    [
      'at the message before, where a text begins with what differs',
      [system('s'), user('x')],
      [1, 0, ''],
      [CACHED, [{ text: 'x' }]],
    ],
    ['at the message before a blank beginning', [system('s'), user(' x')], [1, 0, ' '], [CACHED, [{ text: ' x' }]]],
    [
      'at the last text before, as empty ones cannot be marked',
      [system('s'), user(''), user('x')],
      [2, 0, ''],
      [CACHED, [{}], [{}]],
    ],
    [
      'in a system message',
      [system('of this'), user('x')],
      [0, 0, 'of '],
      [{ content: 'of ', ...CACHED }, { content: 'this' }, [{ text: 'x' }]],
    ],
    ['nowhere, where nothing is the same', [user('x')], [0, 0, ''], [[{ text: 'x' }]]],
    ['nowhere in a text that turns out otherwise', [user('x')], [0, 0, 'of '], [[{ text: 'x' }]]],
  ] as const)('stands %s', (_, messages, cache, expected) => {
    const prompt = marked(messages, cache);
    expect(prompt).toHaveLength(expected.length);
    for (const [i, one] of expected.entries())
      expect(prompt[i]).toMatchObject(Array.isArray(one) ? { content: one } : one);
    const marks = JSON.stringify(prompt).split('cacheControl').length - 1;
    expect(marks).toBe(JSON.stringify(expected).split('cacheControl').length - 1);
  });

  it('moves with the schema in words, which comes first then', () => {
    const schema = { type: 'object' };
    for (const [messages, cache] of [
      [[user('of this')], { messages: 0, parts: 0, text: 'of ' }],
      [[user([{ type: 'text', text: 'of this' }])], { messages: 0, parts: 0, text: 'of ' }],
      [[system('s'), user('of this')], { messages: 1, parts: 0, text: 'of ' }],
      [[{ role: 'assistant', content: 'a' } as const, user('of this')], { messages: 1, parts: 0, text: 'of ' }],
    ] as const) {
      const worded = inWordsFirst(messages, schema, cache);
      const prompt = promptOf(withCacheMark({ model: 'm', maxOutputTokens: 1, ...worded }).messages);
      const [before = '', behind] = JSON.stringify(prompt).split('"cacheControl"');
      expect(before).toContain('JSON Schema');
      expect(before).toMatch(/of "/);
      expect(behind).toContain('this');
    }
  });
});
