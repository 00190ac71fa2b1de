import type { Bounds } from '../integer-argument.js';

/** How often a text may be repeated, and how long padding may make it: no script means to go further. */
export const TIMES: Bounds = { min: 0, max: 10_000 };
