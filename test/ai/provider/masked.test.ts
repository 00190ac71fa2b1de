import { expect, it } from 'vitest';
import { answerMasks, masked } from '../../../src/ai/provider/masked.js';

const KEY = 'sk-live-0123456789/+';

it.each([
  ['as it is', KEY],
  ['in base64', Buffer.from(KEY).toString('base64')],
  ['in base64 behind a user', Buffer.from(`key:${KEY}`).toString('base64')],
  ['in base64url', Buffer.from(KEY).toString('base64url')],
  ['percent-encoded', encodeURIComponent(KEY)],
])('what a provider repeats of a key is stars: %s', (_, form) => {
  for (const secret of [KEY, `Bearer ${KEY}`]) {
    const shown = masked(`401: bad key ${form}, sorry`, [secret]);
    expect(shown).toContain('***');
    expect(shown).not.toContain(form);
    expect(shown).not.toMatch(/0123456789|MDEyMzQ1Njc4|AxMjM0NTY3ODk|wMTIzNDU2Nzg5/);
  }
});

it('of an answer only the secrets are stars, and a short key may be a word', () => {
  const mask = answerMasks(['ollama'])(KEY);
  expect(mask.text(`ollama says ${KEY}`)).toBe('ollama says ***');
  const usage = { prompt_tokens: 3, note: [KEY], ['ollama']: 1.5 };
  expect(mask.json(usage)).toEqual({ ...usage, note: ['***'] });
  expect(mask.json(null)).toBe(null);
  expect(answerMasks([])('123456789012').json([123456789012])).toBe(null);
});
