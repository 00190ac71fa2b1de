import { realClock, type Clock } from '../world/index.js';

/** What this floor uses of the outside world, passed in so that tests can replace it. */
export interface AiWorld extends Pick<Clock, 'now' | 'elapsed' | 'after'> {
  /** Uniform in [0, 1). */
  random(): number;
}

/** The real clock, timers and randomness. */
export const realWorld: AiWorld = { ...realClock, random: () => Math.random() };
