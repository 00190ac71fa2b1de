import type { Bounds } from '../integer-argument.js';

/** The maximum number of repetitions of a text, and the maximum length of a padded text. No script is meant to exceed it. */
export const TIMES: Bounds = { min: 0, max: 10_000 };
