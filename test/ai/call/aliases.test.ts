import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LaneOptions } from '../../../src/ai/index.js';
import { answered, context, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const SMALL = [{ name: 'small', as: 'gpt-4o-mini', max_output_tokens: 70 }];

it('a name of the config is a model at each provider that has it, so that they stand in for each other', async () => {
  const openai = await on.fake('openai', { faults: () => ({ kind: 'status', status: 500 }) });
  const anthropic = await on.fake('anthropic');
  const client = await on.client([
    setupOf(openai, 'openai', {
      models: SMALL,
      retry: { attemptsMax: 1, baseDelayMs: 1, delayMsMax: 1, retryAfterMsMax: 1 },
    }),
    setupOf(anthropic, 'anthropic', { models: [{ name: 'small', as: 'claude-3-5-haiku' }] }),
  ]);
  const result = answered(await client.call(request('hi', 'small'), context({ route: 'ordered' })));
  expect(result).toMatchObject({ provider: 'anthropic', response: 'HI' });
  expect(openai.records.map(({ call }) => [call.model, call.outputTokensMax])).toEqual([['gpt-4o-mini', 70]]);
  expect(anthropic.records.map(({ call }) => call.model)).toEqual(['claude-3-5-haiku']);
  // The journal knows what was asked.
  expect(answered(await client.call(request('hi', 'small'), context())).cached).toBe(true);
});

it('what is set for the name holds before what is set for the model', async () => {
  const fake = await on.fake();
  const models = [
    { name: 'gpt-4o-mini', max_output_tokens: 50, cost_per_token: { input: '0.001', output: '0.001' } },
    { name: 'same', as: 'gpt-4o-mini' },
    { name: 'free', as: 'gpt-4o-mini', max_output_tokens: 60, cost_per_token: { input: '0', output: '0' } },
  ];
  const client = await on.client([setupOf(fake, 'openai', { models })]);
  const costs: unknown[] = [];
  for (const model of ['same', 'free']) {
    costs.push(answered(await client.call(request(`hi ${model}`, model), context())).cost_usd);
  }
  expect(costs[1]).toBe(0);
  expect(costs[0]).toBeGreaterThan(0.001);
  expect(fake.records.map(({ call }) => [call.model, call.outputTokensMax])).toEqual([
    ['gpt-4o-mini', 50],
    ['gpt-4o-mini', 60],
  ]);
});

it('is the model that it stands for: under a new name nothing is paid again, and another model is asked anew', async () => {
  const fake = await on.fake();
  const under = async (models: LaneOptions['models'], model: string): Promise<boolean> => {
    const client = await on.client([setupOf(fake, 'openai', { models })]);
    const { cached } = answered(await client.call(request('hi', model), context()));
    await client.close();
    return cached;
  };
  expect(await under(undefined, 'gpt-4o-mini')).toBe(false);
  expect(await under([{ name: 'small', as: 'gpt-4o-mini' }], 'small')).toBe(true);
  expect(await under([{ name: 'mini', as: 'gpt-4o-mini' }], 'mini')).toBe(true);
  expect(await under([{ name: 'mini', as: 'gpt-4o' }], 'mini')).toBe(false);
  expect(fake.records.map(({ call }) => call.model)).toEqual(['gpt-4o-mini', 'gpt-4o']);
});
