import { plural } from '../log/show.js';

/** The time between two notes on stderr. */
const NOTE_INTERVAL_MS = 1000;

/** Reports events that are not shown. */
export interface TapTalk {
  /** Reports events that the daemon left out. */
  missed(events: number): void;
  /** Reports an event on which the filter failed. */
  failed(reason: string): void;
  /** Writes what was not reported yet. */
  close(): void;
}

/**
 * @param write to stderr
 * @param elapsed milliseconds of a clock that never jumps
 */
export function tapTalk(write: (text: string) => void, elapsed: () => number): TapTalk {
  let missed = 0;
  let failed = 0;
  let saidAt = Number.NEGATIVE_INFINITY;

  const sayMissed = (): void => {
    if (missed > 0) write(`colloquium: ${plural(missed, 'event')} left out: they came faster than they are read\n`);
    missed = 0;
    saidAt = elapsed();
  };

  return {
    missed(events) {
      missed += events;
      if (elapsed() - saidAt >= NOTE_INTERVAL_MS) sayMissed();
    },
    failed(reason) {
      failed += 1;
      if (failed === 1) write(`colloquium: the filter fails on an event, which is left out: ${reason}\n`);
    },
    close() {
      sayMissed();
      if (failed > 1) write(`colloquium: the filter failed on ${failed} events\n`);
    },
  };
}
