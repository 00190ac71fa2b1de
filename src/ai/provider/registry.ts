import { anthropic } from './anthropic.js';
import { google } from './google.js';
import { openaiCompatible } from './openai-compatible.js';
import { openai } from './openai.js';
import type { Provider, ProviderOptions } from './provider.js';
import { sdkProvider } from './sdk-provider.js';

/** Every kind of provider: a new one is a file, and a line here. */
const KINDS = {
  openai: (options: ProviderOptions, now: () => number) => sdkProvider(openai, options, now),
  anthropic: (options: ProviderOptions, now: () => number) => sdkProvider(anthropic, options, now),
  google: (options: ProviderOptions, now: () => number) => sdkProvider(google, options, now),
  'openai-compatible': (options: ProviderOptions, now: () => number) => sdkProvider(openaiCompatible, options, now),
} as const;

export type ProviderKind = keyof typeof KINDS;

/**
 * @param now milliseconds since the epoch
 * @throws RangeError when the options cannot work
 */
export function createProvider(kind: ProviderKind, options: ProviderOptions, now: () => number): Provider {
  return KINDS[kind](options, now);
}
