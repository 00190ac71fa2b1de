import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProvider, type ProviderResult } from '../../../src/ai/provider/index.js';
import { realWorld } from '../../../src/ai/ai-world.js';

interface Canned {
  readonly kind: string;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

interface ErrorCase extends Canned {
  readonly status: number;
  readonly code: string;
  readonly outcome: string;
  readonly delayMs?: number;
}

interface AnswerCase extends Canned {
  readonly title: string;
  readonly text: string;
  readonly finish: string;
  readonly reason?: string | null;
  readonly tokens: unknown;
  readonly otherTariff?: string;
  readonly reportedCost?: string;
}

interface StreamCase extends Omit<AnswerCase, 'body'> {
  /** The data of each; text as it is. */
  readonly events: readonly unknown[];
  /** In place of an answer. */
  readonly failure?: string;
  readonly partial?: string;
}

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/ai/${name}`, import.meta.url), 'utf8'));
const errors = fixture('errors.json') as ErrorCase[];
const answers = fixture('answers.json') as AnswerCase[];
const streams = fixture('streams.json') as StreamCase[];

let canned: Canned;
let requests = 0;
const server = http.createServer((request, response) => {
  requests += 1;
  request.resume().on('end', () => {
    response.writeHead(canned.status ?? 200, { 'content-type': 'application/json', ...canned.headers });
    response.end(typeof canned.body === 'string' ? canned.body : JSON.stringify(canned.body));
  });
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());

async function ask(answer: Canned): Promise<ProviderResult> {
  canned = answer;
  requests = 0;
  const { port } = server.address() as AddressInfo;
  const provider = createProvider(
    answer.kind,
    {
      name: 'mine',
      baseUrl: `http://127.0.0.1:${port}`,
      apiKey: { reveal: () => 'key-0123456789' },
      timeouts: { connectMs: 60_000, firstByteMs: 60_000, totalMs: 60_000 },
    },
    { ...realWorld, now: () => Date.UTC(2026, 0, 5, 12) },
  );
  const request = { model: 'some-model', messages: [{ role: 'user' as const, content: 'hi' }], maxOutputTokens: 10 };
  const result = await provider.call(request, new AbortController().signal);
  provider.close();
  expect(requests).toBe(1);
  return result;
}

describe('an error', () => {
  it.each(errors)('of $kind with status $status and body $body is $code', async (error) => {
    const result = await ask(error);
    if (result.ok) throw new Error('it succeeded');
    const { code, outcome } = result.failure;
    expect({ code, outcome: outcome.kind }).toEqual({ code: error.code, outcome: error.outcome });
    if (error.delayMs !== undefined) expect(outcome).toMatchObject({ delayMs: error.delayMs });
  });

  it("of a daily quota lasts until the provider's midnight", async () => {
    const daily = errors.find((error) => error.code === 'quota_exhausted');
    if (daily === undefined) throw new Error('no such fixture');
    // Noon UTC is four in the morning in California: twenty hours are left.
    expect(await ask(daily)).toMatchObject({ failure: { outcome: { delayMs: 20 * 3_600_000 } } });
  });
});

function expectRead(result: ProviderResult, expected: Omit<AnswerCase, 'body'>): void {
  if (!result.ok) throw new Error(result.failure.message);
  const { answer } = result;
  expect(answer.text).toBe(expected.text);
  expect(answer.finish.kind).toBe(expected.finish);
  if (expected.reason !== undefined) expect(answer.finish.reason).toBe(expected.reason);
  expect(answer.tokens ?? null).toEqual(expected.tokens);
  expect(answer.otherTariff).toBe(expected.otherTariff);
  expect(answer.reportedCost?.toString()).toBe(expected.reportedCost);
}

describe('an answer', () => {
  it.each(answers)('of $title is read as it is billed', async (expected) => {
    expectRead(await ask(expected), expected);
  });
});

describe('a stream', () => {
  it.each(streams)('of $title is read as it is billed', async (expected) => {
    const texts = expected.events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
    const result = await ask({ kind: expected.kind, body: texts.map((text) => `data: ${text}\n\n`).join('') });
    if (expected.failure === undefined) {
      expectRead(result, expected);
      return;
    }
    if (result.ok) throw new Error('it succeeded');
    const { code, billing, partial } = result.failure;
    expect({ code, billing, partial }).toEqual({
      code: expected.failure,
      billing: 'unknown',
      partial: expected.partial,
    });
  });
});
