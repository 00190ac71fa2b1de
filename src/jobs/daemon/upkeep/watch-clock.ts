import type { LogWorld } from '../../../log/index.js';
import type { HealthComponent } from '../../../server/index.js';
import type { Talk } from '../../talk.js';

/** Smaller steps are routine time synchronization. */
const STEP_MS_MIN = 2000;

export interface ClockWatchOptions {
  readonly world: Pick<LogWorld, 'now' | 'elapsed'>;
  readonly talk: Pick<Talk, 'warn' | 'info'>;
  /** Called for each step. */
  readonly onStep: () => void;
  /** How far the timestamps of new events are ahead of the clock, in milliseconds. */
  readonly aheadMs: () => number;
}

/**
 * Watches the machine's clock: timestamps of events never go back, so a clock that was ahead once leaves them ahead until it
 * catches up.
 *
 * @returns a function that checks whether the clock stepped since its last call; call it every few seconds
 */
export function watchClock({ world, talk, onStep, aheadMs }: ClockWatchOptions): () => void {
  let offset = world.now() - world.elapsed();
  let isAhead = false;
  return () => {
    const now = world.now() - world.elapsed();
    const step = Math.round(now - offset);
    offset = now;
    if (Math.abs(step) >= STEP_MS_MIN) {
      onStep();
      const way = step > 0 ? 'ahead' : 'back';
      talk.warn(`the clock of the machine stepped ${way}`, {
        seconds: Math.abs(step) / 1000,
        now: timeOf(world.now()),
      });
    }
    const ahead = aheadMs();
    if (ahead >= STEP_MS_MIN && !isAhead) talk.warn(wordsFor(ahead, world.now()), { seconds: ahead / 1000 });
    if (ahead < STEP_MS_MIN && isAhead) talk.info('the times of events are those of the clock again');
    isAhead = ahead >= STEP_MS_MIN;
  };
}

/** Empty while the timestamps of events match the clock. */
export function clockHealth(aheadMs: number, now: number): readonly HealthComponent[] {
  return aheadMs < STEP_MS_MIN ? [] : [{ name: 'clock', status: 'degraded', error: wordsFor(aheadMs, now) }];
}

function wordsFor(aheadMs: number, now: number): string {
  return (
    `new events get times after ${timeOf(now + aheadMs)}, because the clock was ahead once and times never step back. ` +
    'Nothing is lost, and times are right again from then on. If the clock is behind, set it; if it was ahead and that is too ' +
    'long to wait, stop the daemon, move the folder of the log aside, and start it'
  );
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
