import type { AiWorld } from './ai-world.js';

/** How fast the clock goes that waits to be caught up with. */
const PACE = 0.5;

/**
 * A world whose clock never goes back, for waits. When the clock is set back, this one goes on at half its pace until the other
 * has caught up: no wait becomes longer by more than itself, and processes that share limits come to agree again.
 */
export function steadyWorld(world: AiWorld): AiWorld {
  let last = world.now();
  let lookedAt = world.elapsed();
  return {
    ...world,
    now() {
      const elapsed = world.elapsed();
      last = Math.max(world.now(), last + (elapsed - lookedAt) * PACE);
      lookedAt = elapsed;
      return Math.floor(last);
    },
  };
}
