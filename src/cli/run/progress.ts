import type { InputSize, ProgressReporter } from '../../jobs/run/index.js';
import type { Progress } from '../../pipeline/index.js';
import { drawnLines, type Screen } from '../terminal/drawn-lines.js';
import { fitting, SEPARATOR } from '../terminal/fitting.js';
import { grouped } from '../terminal/grouped.js';

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 30_000;
const MB = 1e6;

export interface ProgressWorld extends Screen {
  /** Whether lines may be redrawn: a terminal that nothing else writes to. */
  readonly redraws: boolean;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

/**
 * One line that redraws itself on a terminal; elsewhere a plain line every 30 s, so that a log of a long run shows life.
 *
 * @param size of all inputs, if known: gives a share, with a bar, and an ETA
 */
export function progressReporter(world: ProgressWorld, size: InputSize | undefined): ProgressReporter {
  const startedAt = world.now();
  const interval = world.redraws ? REDRAW_MS : PLAIN_LINE_MS;
  const lines = world.redraws ? drawnLines(world) : undefined;
  let saidAt = startedAt;
  return {
    update(progress) {
      const now = world.now();
      if (now - saidAt < interval) return;
      saidAt = now;
      const parts = progressParts(progress, (now - startedAt) / 1000, size);
      if (lines === undefined) world.write(`colloquium: ${parts.join(SEPARATOR)}\n`);
      else lines.draw([fitting(parts, world.columns(), shareOf(progress.bytes, size))]);
    },
    close: () => lines?.close(),
  };
}

/** The most important first, because a narrow terminal has no room for all. @param seconds since the start, above 0 */
function progressParts(progress: Progress, seconds: number, size: InputSize | undefined): readonly string[] {
  const { input } = progress.counts;
  return [
    ...shareText(progress.bytes, size),
    `${grouped(input)} ${input === 1 ? 'event' : 'events'}`,
    ...failedText(progress),
    ...etaText(progress.bytes, seconds, size),
    rateText(input / seconds),
    `${(progress.bytes / MB).toFixed(1)} MB`,
    `${(progress.bytes / seconds / MB).toFixed(1)} MB/s`,
  ];
}

export function failedText({ counts: { deadLettered, skipped } }: Progress): readonly string[] {
  return deadLettered + skipped === 0 ? [] : [`${grouped(deadLettered + skipped)} failed`];
}

/** How much of the inputs is processed, by all runs that continue each other: 0 to 1; undefined if their size is not known. */
export function shareOf(bytes: number, size: InputSize | undefined): number | undefined {
  if (size === undefined || size.total === 0) return undefined;
  return Math.min(1, (size.before + bytes) / size.total);
}

export function shareText(bytes: number, size: InputSize | undefined): readonly string[] {
  const share = shareOf(bytes, size);
  return share === undefined ? [] : [`${Math.floor(100 * share)} %`];
}

/** How long the rest takes, by the speed of this run. */
export function etaText(bytes: number, seconds: number, size: InputSize | undefined): readonly string[] {
  if (size === undefined || size.total === 0 || bytes === 0) return [];
  const left = Math.max(0, size.total - size.before - bytes);
  return [`ETA ${durationText((left * seconds) / bytes)}`];
}

/** A rate for people: whole numbers, of minutes where seconds would be too short. */
export function rateText(perSecond: number): string {
  if (perSecond >= 10) return `${grouped(Math.round(perSecond))}/s`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${Math.round(perSecond * 60)}/min`;
}

/** Formats a duration for people, rounded up. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
