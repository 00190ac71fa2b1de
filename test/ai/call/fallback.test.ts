import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fault } from '../../support/fake-faults.js';
import { answered, context, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

const MODELS = [{ name: 'both', as: 'gpt-4o-mini' }];
const FILTERED: Fault = {
  kind: 'body',
  status: 400,
  body: '{"error":{"message":"filtered by policy","code":"content_filter"}}',
};

it.each([
  ['content_filter', { kind: 'finish', finish: 'filtered' }, 1],
  ['content_filter', FILTERED, 1],
  // First with a larger cap there.
  ['truncated', { kind: 'finish', finish: 'truncated' }, 2],
] as const)('%s goes to the next provider, each attempt booked as it is', async (reason, fault, attempts) => {
  const first = await on.fake('openai', { faults: () => fault });
  const second = await on.fake('openai-compatible');
  const client = await on.client([
    setupOf(first, 'openai', { models: MODELS }),
    setupOf(second, 'openai-compatible', { models: [{ name: 'both', as: 'other' }] }),
  ]);
  const asked = request('hi', 'both');
  const how = { route: 'ordered' as const, fallbackOn: [reason] };
  const result = answered(await client.call(asked, context(how)));
  expect(result).toMatchObject({ provider: 'openai-compatible', response: 'HI', attempts: attempts + 1 });
  expect([first.records.length, second.records.length]).toEqual([attempts, 1]);
  const { totals, spent } = await client.status();
  expect(totals.attempts).toBe(attempts + 1);
  expect(spent).toBeGreaterThanOrEqual(second.billed);
  expect(answered(await client.call(asked, context(how))).cached).toBe(true);
  // As ever, where nothing is said.
  expect(await client.call(asked, context({ ...how, identity: { occurrence: 1 }, fallbackOn: [] }))).toMatchObject({
    kind: 'failed',
  });
  expect(second.records).toHaveLength(1);
});

it('fails as the first did where no other succeeds, and pays no answer again in a second run', async () => {
  const fault = (): Fault => ({ kind: 'finish', finish: 'filtered' });
  const first = await on.fake('openai', { faults: fault });
  const second = await on.fake('openai-compatible', { faults: fault });
  const lanes = [setupOf(first, 'openai'), setupOf(second, 'openai-compatible')];
  const how = context({ route: 'ordered', fallbackOn: ['content_filter'] });
  const client = await on.client(lanes);
  expect(await client.call(request('hi'), how)).toMatchObject({ kind: 'failed', code: 'filtered', cached: false });
  expect(await client.call(request('hi'), how)).toMatchObject({ kind: 'failed', code: 'filtered', cached: true });
  expect([first.records.length, second.records.length]).toEqual([1, 1]);
});
