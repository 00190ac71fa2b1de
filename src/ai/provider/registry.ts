import { anthropic } from './anthropic.js';
import { google } from './google.js';
import { openaiCompatible } from './openai-compatible.js';
import { openai } from './openai.js';
import type { Provider, ProviderOptions, ProviderWorld } from './provider.js';
import { sdkProvider } from './sdk-provider.js';

/** Every kind of provider: a new one is a file, and a line here. */
const KINDS = {
  openai: (options: ProviderOptions, world: ProviderWorld) => sdkProvider(openai, options, world),
  anthropic: (options: ProviderOptions, world: ProviderWorld) => sdkProvider(anthropic, options, world),
  google: (options: ProviderOptions, world: ProviderWorld) => sdkProvider(google, options, world),
  'openai-compatible': (options: ProviderOptions, world: ProviderWorld) =>
    sdkProvider(openaiCompatible, options, world),
} as const;

export type WireKind = keyof typeof KINDS;

/**
 * @param world the clock and timers
 * @throws RangeError when the options are invalid
 */
export function createProvider(kind: WireKind, options: ProviderOptions, world: ProviderWorld): Provider {
  return KINDS[kind](options, world);
}
