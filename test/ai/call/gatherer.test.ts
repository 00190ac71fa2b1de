import { describe, expect, it } from 'vitest';
import { createGatherer, type Stops } from '../../../src/ai/call/gatherer.js';
import { partsOf } from '../../../src/ai/call/parts-of.js';
import { NO_TOKENS } from '../../../src/ai/money/index.js';
import type { ProviderRequest, ProviderResult } from '../../../src/ai/provider/index.js';
import { textOf } from '../../../src/ai/request/index.js';
import { mulberry32 } from '../../support/fake-faults.js';

/** Each call has its own. */
function stopsOf(stop = new AbortController()): Stops {
  return { soft: stop.signal, hard: new AbortController().signal };
}

function asks(texts: readonly string[], many = texts.length !== 1): ProviderRequest {
  const messages = texts.map((content) => ({ role: 'user' as const, content }));
  return { model: 'm', messages, embedding: { many }, maxOutputTokens: 0 };
}

const REFUSED: ProviderResult = {
  ok: false,
  failure: {
    code: 'invalid_request',
    outcome: { kind: 'record-fatal', elsewhere: false },
    message: 'no',
    status: 400,
    billing: 'none',
    limits: {},
  },
};

/** Without a clock: when all have asked that ask in this turn. */
function inATurn(_ms: number, then: () => void): () => void {
  setImmediate(then);
  return () => undefined;
}

function answerOf(texts: readonly string[], input = texts.length): ProviderResult {
  return {
    ok: true,
    answer: {
      text: '',
      finish: { kind: 'complete', reason: null },
      model: 'm',
      tokens: { ...NO_TOKENS, input },
      rawUsage: null,
      vectors: texts.map((text) => JSON.stringify([text.length, text])),
      limits: {},
      warnings: [],
    },
  };
}

/** A provider that refuses what has more texts than it takes, or a text that is `poison`. */
function provider(textsMax: number, tokensMax = 1000, told = textsMax) {
  const sent: (readonly string[])[] = [];
  let billed = 0n;
  let tokens = 0;
  const gatherer = createGatherer({
    limits: { textsMax: told, tokensMax },
    after(ms, then) {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    async send({ messages }) {
      const texts = messages.map(textOf);
      sent.push(texts);
      await Promise.resolve();
      if (texts.length > textsMax || texts.includes('poison')) return REFUSED;
      const input = texts.length + 1;
      tokens += input;
      billed += costOf(input);
      return answerOf(texts, input);
    },
    costOf: ({ tokens: used }) => costOf(used?.input ?? 0),
  });
  return { gatherer, sent, bill: () => ({ billed, tokens }) };
}

/** Rounded, as bills are. */
function costOf(tokens: number): bigint {
  return BigInt(Math.ceil(tokens * 33.3));
}

describe('calls that share requests', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'each get their own vectors, and pay the bill together (seed %i)',
    async (seed) => {
      const random = mulberry32(seed);
      const below = (n: number): number => Math.floor(random() * n);
      const textsMax = 1 + below(20);
      const { gatherer, sent, bill } = provider(textsMax, 20 + below(300));
      const inputs = Array.from({ length: 1 + below(60) }, (_, i) =>
        Array.from({ length: 1 + below(Math.min(3, textsMax)) }, (_, j) =>
          below(25) === 0 ? 'poison' : `${i}/${j} ${'x'.repeat(below(30))}`,
        ),
      );
      const results = await Promise.all(
        inputs.map((texts) => gatherer.ask(asks(texts, texts.length > 1 || seed % 2 === 0), 0, stopsOf())),
      );

      const paid = { billed: 0n, tokens: 0 };
      for (const [i, result] of results.entries()) {
        const texts = inputs[i] ?? [];
        expect(result.ok).toBe(!texts.includes('poison'));
        if (!result.ok) continue;
        const vectors = texts.map((text) => [text.length, text]);
        const many = texts.length > 1 || seed % 2 === 0;
        expect(JSON.parse(result.answer.text)).toEqual(many ? vectors : vectors[0]);
        paid.billed += result.answer.share ?? 0n;
        paid.tokens += result.answer.tokens?.input ?? 0;
      }
      expect(paid).toEqual(bill());
      for (const texts of sent) expect(texts.length).toBeLessThanOrEqual(textsMax);
    },
  );

  it('learn how many a server takes that takes fewer than its kind', async () => {
    const { gatherer, sent } = provider(4, 10_000, 100);
    const ask = async (): Promise<void> => {
      const all = await Promise.all(
        Array.from({ length: 32 }, (_, i) => gatherer.ask(asks([`text ${i}`]), 0, stopsOf())),
      );
      expect(all.every(({ ok }) => ok)).toBe(true);
    };
    await ask();
    const before = sent.length;
    await ask();
    expect(sent.slice(before).map(({ length }) => length)).toEqual(Array.from({ length: 8 }, () => 4));
  });

  it('share later attempts with ever fewer others, and only one failure tells of the provider', async () => {
    const sizes: number[] = [];
    const gatherer = createGatherer({
      limits: { textsMax: 64, tokensMax: 1e6 },
      after: inATurn,
      send({ messages }) {
        sizes.push(messages.length);
        const failure = {
          code: 'server_error',
          outcome: { kind: 'retry-now' },
          message: '',
          billing: 'none',
        } as const;
        return Promise.resolve({ ok: false, failure: { ...failure, status: 500, limits: {} } });
      },
      costOf: () => undefined,
    });
    const attempt = async (failures: number): Promise<readonly ProviderResult[]> =>
      await Promise.all(Array.from({ length: 64 }, (_, i) => gatherer.ask(asks([`${i}`]), failures, stopsOf())));
    const first = await attempt(0);
    expect(first.filter((one) => !one.ok && one.failure.shared !== true)).toHaveLength(1);
    await attempt(1);
    await attempt(2);
    expect(sizes).toEqual([64, ...Array.from({ length: 8 }, () => 8), ...Array.from({ length: 64 }, () => 1)]);
  });

  const FORBIDDEN = { code: 'forbidden', outcome: { kind: 'refused' }, status: 403 } as const;
  const NOT_FOUND = {
    code: 'model_not_found',
    outcome: { kind: 'record-fatal', elsewhere: true },
    status: 404,
  } as const;

  it.each([
    ['one of them is refused', FORBIDDEN, (text: string) => text === '77', 1],
    ['the first ones are', FORBIDDEN, (text: string) => Number(text) < 9, 9],
    ['the key is', FORBIDDEN, () => true, 100],
    ['one of them is not found', NOT_FOUND, (text: string) => text === '77', 1],
    ['the first ones are not', NOT_FOUND, (text: string) => Number(text) < 9, 9],
    ['the model is not', NOT_FOUND, () => true, 100],
  ])('are answered, all others, where %s, without asking for each', async (_whose, refusal, isRefused, count) => {
    let sent = 0;
    const gatherer = createGatherer({
      limits: { textsMax: 100, tokensMax: 1e6 },
      after: inATurn,
      send({ messages }) {
        sent += 1;
        const texts = messages.map(textOf);
        if (texts.some(isRefused)) {
          return Promise.resolve({ ok: false, failure: { ...refusal, message: '', billing: 'none', limits: {} } });
        }
        return Promise.resolve(answerOf(texts));
      },
      costOf: () => undefined,
    });
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => gatherer.ask(asks([`${i}`]), 0, stopsOf())));
    expect(all.filter(({ ok }) => !ok)).toHaveLength(count);
    expect(sent).toBeLessThan(30);
    if (count < 100 || refusal !== NOT_FOUND) return;

    // What is known of the model keeps later requests from being divided as far, but not from being divided.
    sent = 0;
    await Promise.all(Array.from({ length: 100 }, (_, i) => gatherer.ask(asks([`${i}`]), 0, stopsOf())));
    expect(sent).toBeLessThan(10);
  });

  it('are answered, all others, where one is not found when the model was not before', async () => {
    let isThere = false;
    const gatherer = createGatherer({
      limits: { textsMax: 100, tokensMax: 1e6 },
      after: inATurn,
      send({ messages }) {
        const texts = messages.map(textOf);
        if (isThere && !texts.includes('50')) return Promise.resolve(answerOf(texts));
        return Promise.resolve({ ok: false, failure: { ...NOT_FOUND, message: '', billing: 'none', limits: {} } });
      },
      costOf: () => undefined,
    });
    const ask = (): Promise<readonly ProviderResult[]> =>
      Promise.all(Array.from({ length: 100 }, (_, i) => gatherer.ask(asks([`${i}`]), 0, stopsOf())));
    expect((await ask()).every(({ ok }) => !ok)).toBe(true);
    isThere = true;
    expect((await ask()).map(({ ok }) => ok)).toEqual(Array.from({ length: 100 }, (_, i) => i !== 50));
  });

  it('are answered, all others, where the first ones are no valid texts', async () => {
    const poison = Array.from({ length: 30 }, () => 'poison');
    const { gatherer } = provider(100);
    const texts = [...poison, ...Array.from({ length: 20 }, (_, i) => `${i}`)];
    const all = await Promise.all(texts.map((text) => gatherer.ask(asks([text]), 0, stopsOf())));
    expect(all.map(({ ok }) => ok)).toEqual(texts.map((text) => text !== 'poison'));
  });

  it('are not sent when they are stopped while they wait', async () => {
    const { gatherer, sent } = provider(10);
    const stop = new AbortController();
    const stopped = gatherer.ask(asks(['a']), 0, stopsOf(stop));
    const other = gatherer.ask(asks(['b']), 0, stopsOf());
    stop.abort();
    expect(await stopped).toMatchObject({ ok: false, failure: { code: 'aborted', billing: 'none' } });
    expect((await other).ok).toBe(true);
    expect(sent).toEqual([['b']]);
  });
});

describe('parts', () => {
  it('add up to the whole, the rest is the last one’s', () => {
    expect(partsOf(10n, [1, 1, 1])).toEqual([3n, 3n, 4n]);
    expect(partsOf(7n, [0, 0])).toEqual([0n, 7n]);
    expect(partsOf(5n, [3, 0, 2])).toEqual([3n, 0n, 2n]);
  });
});
