import { describe, expect, it } from 'vitest';
import { attributesOf, type EndedAttempt } from '../../../src/ai/telemetry/index.js';

const attempt = (more: Partial<EndedAttempt> = {}): EndedAttempt => ({
  entry: {
    id: '1-x',
    time: 1,
    pipeline: 'default',
    stage: 'ask',
    call: 'key',
    attempt: 1,
    provider: 'mine',
    model: 'm',
    worst: null,
  },
  request: { model: 'm', messages: [{ role: 'user', content: 'text' }], maxOutputTokens: 9 },
  provider: { name: 'mine', baseUrl: 'https://example.com/v1' },
  sentAt: 1,
  ...more,
});

describe('the attributes of an attempt', () => {
  it('name a provider as the conventions do, by its kind or its address, and else as the config does', () => {
    const nameOf = (baseUrl: string, telemetryName?: string) =>
      attributesOf(attempt({ provider: { name: 'mine', baseUrl, telemetryName } }))['gen_ai.provider.name'];
    expect(nameOf('https://eu.openai.azure.com/openai/v1')).toBe('azure.ai.openai');
    expect(nameOf('https://api.groq.com/openai/v1')).toBe('groq');
    expect(nameOf('https://notgroq.com/v1')).toBe('mine');
    expect(nameOf('http://localhost:8080/v1', 'gcp.gemini')).toBe('gcp.gemini');
  });

  it('say where requests go, and nothing of what nobody knows', () => {
    expect(attributesOf(attempt())).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'mine',
      'gen_ai.request.model': 'm',
      'gen_ai.request.max_tokens': 9,
      'server.address': 'example.com',
      'server.port': 443,
      'colloquium.pipeline': 'default',
      'colloquium.stage': 'ask',
      'colloquium.provider': 'mine',
      'colloquium.attempt': 1,
    });
  });

  it('tell the step of a cascade, and the tokens of caches', () => {
    const { entry } = attempt();
    const tokens = { input: 3, cacheRead: 5, cacheWrite: 7, cacheWriteHour: 11, output: 13 };
    const end = { outcome: 'answered', billing: 'exact', cost: 0n, bound: 0n, tokens } as const;
    expect(attributesOf(attempt({ entry: { ...entry, cascade: { step: 2, last: 'm' }, end } }))).toMatchObject({
      'colloquium.cascade.step': 2,
      'gen_ai.usage.input_tokens': 26,
      'gen_ai.usage.cache_read.input_tokens': 5,
      'gen_ai.usage.cache_creation.input_tokens': 18,
    });
  });

  it('leave out the cost of what may have been billed', () => {
    const { entry } = attempt();
    const end = { outcome: 'timeout', billing: 'unknown', cost: 0n, bound: 5n } as const;
    const attributes = attributesOf(attempt({ entry: { ...entry, end } }));
    expect(attributes).toMatchObject({ 'error.type': 'timeout' });
    expect(attributes).not.toHaveProperty('colloquium.cost_usd');
  });
});
