import { expect, it } from 'vitest';
import { Cassette } from '../../../src/ai/rehearsal/index.js';

it('the nearest request is the one whose text differs least, in however many places', () => {
  const call = { case: 'a', row: 1, stage: 'ai-1' };
  const recorded = (request: unknown) => ({ call, provider: 'it', path: '/v1', request, status: 200, answer: {} });
  const far = { max_tokens: 50, text: 'Translate this sentence to French' };
  const near = { max_tokens: 51, text: 'Say one of these words' };
  const cassette = new Cassette([recorded(far), recorded(near)]);
  const asked = { provider: 'it', path: '/v1', request: { max_tokens: 50, text: 'Say two of these words' } };
  expect(cassette.missing(asked).nearest?.changes.map(({ from }) => from)).toEqual([51, near.text]);
});
