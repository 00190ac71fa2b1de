import type * as Crypto from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Re2 from 're2js';
import type * as TemporalPolyfill from 'temporal-polyfill';

let requireFromHere: NodeJS.Require | undefined;

/** Made when first needed: most scripts need no library. */
function requireLibrary(name: string): unknown {
  requireFromHere ??= createRequire(import.meta.url);
  return requireFromHere(name);
}

/** Linear-time patterns, read when a script first names one: most scripts don't, and start sooner without. */
export function regexLibrary(): typeof Re2 {
  return requireLibrary('re2js') as typeof Re2;
}

/** Calendars and time zones: Node's own where it has them. Read when a script first asks for a time. */
export function temporalLibrary(): typeof TemporalPolyfill.Temporal {
  const own = (globalThis as { Temporal?: typeof TemporalPolyfill.Temporal }).Temporal;
  return own ?? (requireLibrary('temporal-polyfill') as typeof TemporalPolyfill).Temporal;
}

/** Node's own hashes, read when a script first asks for one. */
export function hashLibrary(): typeof Crypto {
  return requireLibrary('node:crypto') as typeof Crypto;
}
