/** A provider that never answered is given up after this many tries and this long. */
export const UNREACHABLE_TRIES = 3;
export const UNREACHABLE_MS = 30_000;
