import type { AiStatus } from '../../ai/index.js';
import { noCounts, type Progress } from '../../pipeline/index.js';
import { aiStatusLines } from './ai-status-lines.js';
import type { InputSize, ProgressReporter } from '../../jobs/run/index.js';
import { drawnLines } from '../terminal/drawn-lines.js';
import { fitting, SEPARATOR } from '../terminal/fitting.js';
import { shareOf, type ProgressWorld } from './progress.js';

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
 * @param size of all inputs, if known: gives a share, with a bar, and an ETA
 */
export function aiStatusReporter(
  world: AiStatusWorld,
  readStatus: () => Promise<AiStatus>,
  size: InputSize | undefined,
): ProgressReporter {
  const startedAt = world.now();
  const drawn = world.redraws ? drawnLines(world) : undefined;
  let progress: Progress = { counts: noCounts(), bytes: 0 };
  let closed = false;
  let reading = false;

  const show = (status: AiStatus): void => {
    const now = world.now();
    const seconds = Math.max(1, now - startedAt) / 1000;
    const lines = aiStatusLines({ progress, status, seconds, size, now });
    if (drawn === undefined) {
      world.write(`colloquium: ${lines.flat().join(SEPARATOR)}\n`);
      return;
    }
    const share = shareOf(progress.bytes, size);
    drawn.draw(lines.map((parts, i) => fitting(parts, world.columns(), i === 0 ? share : undefined)));
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

  const stop = world.every(drawn === undefined ? PLAIN_LINE_MS : REDRAW_MS, () => void tick());
  return {
    update(now) {
      progress = now;
    },
    close() {
      closed = true;
      stop();
      drawn?.close();
    },
  };
}
