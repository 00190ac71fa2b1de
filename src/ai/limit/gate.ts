import { onAbort } from '../../world/index.js';

/** Limits how many are inside at a time, first come, first served. */
export interface Gate {
  /**
   * @param mustWait is called when there is no room
   * @returns a function that releases the place, to be called once; undefined if aborted while waiting
   */
  enter(signal?: AbortSignal, mustWait?: () => void): Promise<(() => void) | undefined>;
  /** The number of callers inside. */
  readonly inside: number;
}

/** @param max undefined: no limit */
export function createGate(max: number | undefined): Gate {
  let inside = 0;
  const waiting = new Set<() => void>();

  const release = (): void => {
    inside -= 1;
    const [next] = waiting;
    next?.();
  };
  const admit = (): (() => void) => {
    inside += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      release();
    };
  };

  return {
    get inside() {
      return inside;
    },
    enter(signal, mustWait) {
      if (signal?.aborted === true) return Promise.resolve(undefined);
      if (max === undefined || inside < max) return Promise.resolve(admit());
      mustWait?.();
      return new Promise((resolve) => {
        const aborted = (): void => {
          waiting.delete(wake);
          resolve(undefined);
        };
        const wake = (): void => {
          waiting.delete(wake);
          leave();
          resolve(admit());
        };
        waiting.add(wake);
        const leave = onAbort(signal, aborted);
      });
    },
  };
}
