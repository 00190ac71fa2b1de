import type { InputSize, ProgressReporter } from '../../jobs/run/index.js';
import type { Progress } from '../../pipeline/index.js';
import { grouped } from '../terminal/grouped.js';

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 30_000;
const MB = 1e6;
export const SEPARATOR = ' · ';
/** Returns to the line's start and clears it. */
const CLEAR_LINE = '\r\u001b[K';

export interface ProgressWorld {
  readonly write: (text: string) => void;
  readonly isTty: boolean;
  readonly columns: number;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

/**
 * One line that redraws itself on a terminal; elsewhere a plain line every 30 s, so that a log of a long run shows life.
 *
 * @param size of all inputs, if known: gives a share and an ETA
 */
export function progressReporter(world: ProgressWorld, size: InputSize | undefined): ProgressReporter {
  const startedAt = world.now();
  const interval = world.isTty ? REDRAW_MS : PLAIN_LINE_MS;
  let saidAt = startedAt;
  let drawn = false;
  return {
    update(progress) {
      const now = world.now();
      if (now - saidAt < interval) return;
      saidAt = now;
      const parts = progressParts(progress, (now - startedAt) / 1000, size);
      world.write(world.isTty ? CLEAR_LINE + fitting(parts, world.columns) : `colloquium: ${parts.join(SEPARATOR)}\n`);
      drawn = true;
    },
    close() {
      if (drawn && world.isTty) world.write(CLEAR_LINE);
    },
  };
}

/** The most important first, because a narrow terminal has no room for all. @param seconds since the start, above 0 */
export function progressParts(progress: Progress, seconds: number, size: InputSize | undefined): readonly string[] {
  const { input, deadLettered, skipped } = progress.counts;
  const parts = [`${grouped(input)} events`];
  if (deadLettered + skipped > 0) parts.push(`${grouped(deadLettered + skipped)} failed`);
  parts.push(...shareAndEta(progress.bytes, seconds, size));
  parts.push(
    `${grouped(Math.round(input / seconds))}/s`,
    `${(progress.bytes / MB).toFixed(1)} MB`,
    `${(progress.bytes / seconds / MB).toFixed(1)} MB/s`,
  );
  return parts;
}

/** How much of the inputs is processed, by all runs that continue each other, and how long the rest takes. */
export function shareAndEta(bytes: number, seconds: number, size: InputSize | undefined): readonly string[] {
  if (size === undefined || size.total === 0) return [];
  const done = Math.min(size.total, size.before + bytes);
  const share = `${Math.floor((100 * done) / size.total)} %`;
  return bytes === 0 ? [share] : [share, `ETA ${durationText(((size.total - done) * seconds) / bytes)}`];
}

/** As many of the parts as fit a line of a terminal: one that wraps could not be taken away again. */
export function fitting([first = '', ...rest]: readonly string[], columns: number): string {
  let line = first.slice(0, columns - 1);
  for (const part of rest) {
    const longer = `${line}${SEPARATOR}${part}`;
    if (longer.length >= columns) break;
    line = longer;
  }
  return line;
}

/** Formats a duration for people, rounded up. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
