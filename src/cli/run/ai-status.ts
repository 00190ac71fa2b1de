import type { AiStatus } from '../../ai/index.js';
import { noCounts, type Progress } from '../../pipeline/index.js';
import { aiStatusLines } from './ai-status-lines.js';
import type { InputSize, ProgressReporter } from '../../jobs/run/index.js';
import { fitting, SEPARATOR, type ProgressWorld } from './progress.js';
import { beforeStderr } from '../terminal/stderr.js';

const REDRAW_MS = 500;
const PLAIN_LINE_MS = 30_000;

export interface AiStatusWorld extends ProgressWorld {
  /** Calls `then` repeatedly; the returned function stops it. */
  readonly every: (ms: number, then: () => void) => () => void;
}

/**
 * A few lines that redraw themselves on a terminal; elsewhere a plain line every 30 s. Driven by the clock, not by progress:
 * answers may take long, and that is when one wants to know why.
 *
 * @param world its `now` is in milliseconds since the epoch
 * @param size of all inputs, if known: gives a share and an ETA
 */
export function aiStatusReporter(
  world: AiStatusWorld,
  readStatus: () => Promise<AiStatus>,
  size: InputSize | undefined,
): ProgressReporter {
  const startedAt = world.now();
  let progress: Progress = { counts: noCounts(), bytes: 0 };
  let linesDrawn = 0;
  let closed = false;
  let reading = false;

  const takeAway = (): void => {
    if (linesDrawn === 0) return;
    const up = linesDrawn > 1 ? `\u001b[${linesDrawn - 1}A` : '';
    world.write(`${up}\r\u001b[J`);
    linesDrawn = 0;
  };

  const show = (status: AiStatus): void => {
    const now = world.now();
    const seconds = Math.max(1, now - startedAt) / 1000;
    const lines = aiStatusLines({ progress, status, seconds, size, now });
    if (!world.isTty) {
      world.write(`colloquium: ${lines.flat().join(SEPARATOR)}\n`);
      return;
    }
    takeAway();
    world.write(lines.map((parts) => fitting(parts, world.columns)).join('\n'));
    linesDrawn = lines.length;
  };

  const tick = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    try {
      const status = await readStatus();
      if (!isClosed()) show(status);
    } catch {
      // The run encounters the same error, and reports it better.
    } finally {
      reading = false;
    }
  };
  const isClosed = (): boolean => closed;

  const stop = world.every(world.isTty ? REDRAW_MS : PLAIN_LINE_MS, () => void tick());
  beforeStderr(takeAway);
  return {
    update(now) {
      progress = now;
    },
    close() {
      closed = true;
      stop();
      takeAway();
      beforeStderr(undefined);
    },
  };
}
