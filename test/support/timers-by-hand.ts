import type { AiWorld } from '../../src/ai/ai-world.js';

/** Timers that never fire by themselves. */
export interface TimersByHand {
  readonly after: AiWorld['after'];
  /** Fires those that were set for exactly so long, once there is one. */
  readonly elapse: (delayMs: number) => void;
}

export function timersByHand(): TimersByHand {
  const set = new Map<() => void, number>();
  const due = new Set<number>();
  const fire = (): void => {
    for (const [then, delayMs] of set) {
      if (!due.has(delayMs)) continue;
      set.delete(then);
      due.delete(delayMs);
      then();
    }
  };
  return {
    after(delayMs, then) {
      set.set(then, delayMs);
      // Not before whoever sets it has gone on.
      setImmediate(fire);
      return () => set.delete(then);
    },
    elapse(delayMs) {
      due.add(delayMs);
      fire();
    },
  };
}
