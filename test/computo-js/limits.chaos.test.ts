import { expect, it } from 'vitest';
import { execute, type Json } from 'computo-js';
import { describeDepth, kindRaised } from './deep.js';

describeDepth(100_000);

it('growth ends with LimitExceeded before memory does, by default', () => {
  const times: Json = { array: Array.from({ length: 80 }, (_, index) => index) };
  const twice: Json = ['lambda', ['acc', 'x'], ['append', ['$', '/acc'], ['$', '/acc']]];
  expect(kindRaised(() => execute(['reduce', times, twice, { array: [1] }], []))).toBe('LimitExceeded');
});
