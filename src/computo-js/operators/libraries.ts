import type * as Crypto from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Re2 from 're2js';
import type * as TemporalPolyfill from 'temporal-polyfill';

let requireFromHere: NodeJS.Require | undefined;

/** Created on first use, because most scripts need no library. */
function requireLibrary(name: string): unknown {
  requireFromHere ??= createRequire(import.meta.url);
  return requireFromHere(name);
}

/** Linear-time patterns. Loaded when a script first uses one, so that other scripts start sooner. */
export function regexLibrary(): typeof Re2 {
  return requireLibrary('re2js') as typeof Re2;
}

/** Calendars and time zones: Node's own if available. Loaded when a script first needs a time. */
export function temporalLibrary(): typeof TemporalPolyfill.Temporal {
  const own = (globalThis as { Temporal?: typeof TemporalPolyfill.Temporal }).Temporal;
  return own ?? (requireLibrary('temporal-polyfill') as typeof TemporalPolyfill).Temporal;
}

/** Node's own hashes. Loaded when a script first needs one. */
export function hashLibrary(): typeof Crypto {
  return requireLibrary('node:crypto') as typeof Crypto;
}
