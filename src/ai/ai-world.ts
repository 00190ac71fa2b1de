import { realClock, type Clock } from '../world/index.js';

/** What the floor takes from outside, so that tests can hand in their own. */
export interface AiWorld extends Pick<Clock, 'now' | 'after'> {
  /** Uniform in [0, 1). */
  random(): number;
}

/** The real clock, timers and randomness. */
export const realWorld: AiWorld = { ...realClock, random: () => Math.random() };
