import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answered, context, MODEL, request, setupOf, stage, type Stage } from './setup.js';

let on: Stage;
beforeEach(() => {
  on = stage();
});
afterEach(() => on.close());

describe('a call', () => {
  it('is answered, with who served, what it used and what it cost', async () => {
    const fake = await on.fake();
    const client = await on.client([setupOf(fake)]);
    const result = answered(await client.call(request('hello'), context()));
    expect(result).toMatchObject({ provider: 'openai', model: MODEL, response: 'HELLO', attempts: 1, cached: false });
    expect(result.usage).toEqual({ prompt_tokens: 8, completion_tokens: 2, total_tokens: 10, cached_tokens: 0 });
    expect(result.cost_usd).toBe(0.00036);
    expect(fake.billed).toBe(360_000n);
    expect(fake.records[0]?.call.outputTokensMax).toBe(1000);
  });
});
