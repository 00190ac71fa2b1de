import type { FakeCall, FakeUsage } from './fake-wire.js';

/** What cached tokens cost, in hundredths of other input. */
export interface FakeCacheRates {
  readonly read: bigint;
  readonly write: bigint;
}

/** As the vendors document them; those of OpenAI and Google are of models from 2024. */
export const CACHE_RATES = {
  anthropic: { read: 10n, write: 125n },
  openai: { read: 50n, write: 100n },
  'openai-compatible': { read: 50n, write: 100n },
  google: { read: 25n, write: 100n },
} as const satisfies Record<string, FakeCacheRates>;

/** Nano-dollars, rounded up once. */
export function billOf(
  { input, output, cacheRead = 0, cacheWrite = 0 }: FakeUsage,
  price: { readonly input: bigint; readonly output: bigint },
  rates: FakeCacheRates,
): bigint {
  const hundredths =
    BigInt(input - cacheRead - cacheWrite) * 100n + BigInt(cacheRead) * rates.read + BigInt(cacheWrite) * rates.write;
  return (hundredths * price.input + 99n) / 100n + BigInt(output) * price.output;
}

/** Four bytes to a token, as the fake counts all texts. */
function tokensOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / 4), 0);
}

/** Automatic caches keep whole blocks of so many tokens. */
const BLOCK = 128;

/** A cache that forgets nothing. @param marked only what is marked is kept @param from so many tokens at least; undefined: nothing */
export function fakeCache(marked: boolean, from = Infinity) {
  const known = new Set<string>();
  const before: string[] = [];
  return {
    look(call: FakeCall, input: number): Partial<FakeUsage> {
      return marked ? atMark(call) : byItself(call, input);
    },
  };

  function atMark({ cached, cachedTexts = 0, texts }: FakeCall): Partial<FakeUsage> {
    const tokens = tokensOf(texts.slice(0, cachedTexts));
    if (cached === undefined || tokens < from) return {};
    if (known.has(cached)) return { cacheRead: tokens };
    known.add(cached);
    return { cacheWrite: tokens };
  }

  function byItself({ model, texts, dimensions }: FakeCall, input: number): Partial<FakeUsage> {
    if (from === Infinity || dimensions !== undefined) return {};
    const whole = `${model}\n${texts.join('\n')}`;
    const common = before.reduce((most, other) => Math.max(most, commonLength(whole, other)), 0);
    before.push(whole);
    const tokens = Math.min(input, Math.floor(common / 4 / BLOCK) * BLOCK);
    return tokens < from ? {} : { cacheRead: tokens };
  }
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
