import { LLMock } from '@copilotkit/aimock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaneOptions } from '../../../src/ai/index.js';
import { answered, context, stage, type Stage } from './setup.js';

// An independent fake, written by others: what it understands is not our own idea of the wires.

let on: Stage;
let mock: LLMock;
beforeEach(async () => {
  on = stage();
  mock = new LLMock({ port: 0 });
  await mock.start();
});
afterEach(async () => {
  await on.close();
  await mock.stop();
});

const KINDS = [
  { kind: 'openai', path: '/v1', model: 'gpt-4o-mini' },
  { kind: 'openai-compatible', path: '/v1', model: 'gpt-4o-mini' },
  { kind: 'anthropic', path: '/v1', model: 'claude-3-haiku-20240307' },
  { kind: 'google', path: '/v1beta', model: 'gemini-2.5-flash' },
] as const;

const setup = (kind: (typeof KINDS)[number]['kind'], path: string): LaneOptions => ({
  name: kind,
  kind,
  baseUrl: `${mock.url}${path}`,
  apiKeys: [{ reveal: () => 'sk-mock' }],
  cost_per_token: { input: '0.00003', output: '0.00006' },
  retry: { attemptsMax: 3, baseDelayMs: 1, delayMsMax: 2, retryAfterMsMax: 2000 },
});

describe.each(KINDS)('over the wire of $kind, as others understand it, a call', ({ kind, path, model }) => {
  const ask = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] });

  it('is answered, and priced by the usage that came', async () => {
    mock.onMessage('capital of France', {
      content: 'Paris',
      usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
    });
    const client = await on.client([setup(kind, path)], { budget: { daily: 1 } });
    const result = answered(await client.call(ask('What is the capital of France?'), context()));
    expect(result).toMatchObject({ provider: kind, response: 'Paris', attempts: 1 });
    expect(result.usage.total_tokens).toBe(result.usage.prompt_tokens + result.usage.completion_tokens);
    const { prompt_tokens: input, completion_tokens: output } = result.usage;
    expect(result.cost_usd).toBeCloseTo(input * 0.00003 + output * 0.00006, 9);
    expect(input).toBeGreaterThan(0);
  });

  it.each([429, 500, 503])('is tried again after a %i', async (status) => {
    mock.onMessage('hello', { content: 'hi' });
    mock.nextRequestError(status, { message: 'not now', type: 'some_error' });
    const client = await on.client([setup(kind, path)]);
    expect(answered(await client.call(ask('hello'), context()))).toMatchObject({ response: 'hi', attempts: 2 });
    expect(mock.getRequests()).toHaveLength(2);
  });

  it('is not tried again after a 400', async () => {
    mock.nextRequestError(400, { message: 'bad request', type: 'invalid_request_error' });
    const client = await on.client([setup(kind, path)]);
    expect(await client.call(ask('hello'), context())).toMatchObject({ kind: 'failed', code: 'provider_error' });
    expect(mock.getRequests()).toHaveLength(1);
  });
});
