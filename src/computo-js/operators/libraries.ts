import { createRequire } from 'node:module';

const requireLibrary = createRequire(import.meta.url);

/** Linear-time patterns, read when a script first names one: most scripts don't, and start sooner without. */
export function regexLibrary(): typeof import('re2js') {
  return requireLibrary('re2js') as typeof import('re2js');
}

/** Calendars and time zones: Node's own where it has them. Read when a script first asks for a time. */
export function temporalLibrary(): typeof import('temporal-polyfill').Temporal {
  const own = (globalThis as { Temporal?: typeof import('temporal-polyfill').Temporal }).Temporal;
  return own ?? (requireLibrary('temporal-polyfill') as typeof import('temporal-polyfill')).Temporal;
}
