import { providerKinds } from './kinds/index.js';
import type { Provider, ProviderOptions, ProviderWorld } from './provider.js';
import { sdkProvider } from './sdk-provider.js';

/**
 * @param kind one of {@link providerKinds}
 * @param world the clock and timers
 * @throws RangeError when the options are invalid
 */
export function createProvider(kind: string, options: ProviderOptions, world: ProviderWorld): Provider {
  return sdkProvider(providerKinds.of({ kind }), options, world);
}
