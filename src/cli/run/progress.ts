import type { ProgressReporter } from '../../jobs/run/index.js';
import type { Progress } from '../../pipeline/index.js';
import { grouped } from '../terminal/grouped.js';

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 30_000;
const MB = 1e6;
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
 * @param totalBytes of all inputs, if known: gives a share and an ETA
 */
export function progressReporter(world: ProgressWorld, totalBytes: number | undefined): ProgressReporter {
  const startedAt = world.now();
  const interval = world.isTty ? REDRAW_MS : PLAIN_LINE_MS;
  let saidAt = startedAt;
  let drawn = false;
  return {
    update(progress) {
      const now = world.now();
      if (now - saidAt < interval) return;
      saidAt = now;
      const line = progressLine(progress, (now - startedAt) / 1000, totalBytes);
      world.write(world.isTty ? CLEAR_LINE + line.slice(0, world.columns - 1) : `colloquium: ${line}\n`);
      drawn = true;
    },
    close() {
      if (drawn && world.isTty) world.write(CLEAR_LINE);
    },
  };
}

/** @param seconds since the start, above 0 */
export function progressLine(progress: Progress, seconds: number, totalBytes: number | undefined): string {
  const { input, deadLettered, skipped } = progress.counts;
  const bytesPerSecond = progress.bytes / seconds;
  const parts = [
    `${grouped(input)} events`,
    `${(progress.bytes / MB).toFixed(1)} MB`,
    `${grouped(Math.round(input / seconds))}/s`,
    `${(bytesPerSecond / MB).toFixed(1)} MB/s`,
  ];
  if (deadLettered + skipped > 0) parts.push(`${grouped(deadLettered + skipped)} failed`);
  if (totalBytes !== undefined && totalBytes > 0) {
    parts.push(`${Math.min(100, Math.floor((100 * progress.bytes) / totalBytes))} %`);
    parts.push(`ETA ${durationText(Math.max(0, totalBytes - progress.bytes) / bytesPerSecond)}`);
  }
  return parts.join(' · ');
}

/** Formats a duration for people, rounded up. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
