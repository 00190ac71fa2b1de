/**
 * The fake as a process of its own: `fake-provider-main OPTIONS-AS-JSON`, see `FakeProviderOptions`; functions are given by
 * name: `faultSeed` and `faultShare` instead of `faults`. Prints its URL and its key as one line of JSON, then serves until it is killed.
 * `GET /fake/stats` tells what it has billed.
 */
import { seededFaults } from './fake-faults.js';
import { startFakeProvider, type FakeProviderOptions } from './fake-provider.js';

export interface FakeProviderTask extends Omit<FakeProviderOptions, 'price' | 'reply' | 'faults'> {
  /** Nano-dollars per token, as text. */
  readonly price?: { readonly input: string; readonly output: string };
  readonly faultSeed?: number;
  readonly faultShare?: number;
}

const { price, faultSeed, faultShare, ...options } = JSON.parse(process.argv[2] ?? '{}') as FakeProviderTask;
const fake = await startFakeProvider({
  ...options,
  ...(price && { price: { input: BigInt(price.input), output: BigInt(price.output) } }),
  ...(faultSeed !== undefined && { faults: seededFaults(faultSeed, faultShare ?? 0.3) }),
});
console.log(JSON.stringify({ url: fake.url, apiKey: fake.apiKey }));
