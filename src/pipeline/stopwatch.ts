/** Seconds that a stage took for one event. */
export interface StageTiming {
  readonly stage: string;
  readonly seconds: number;
}

/** @returns tells the seconds since now, by a clock that never jumps. Only ever shown: nothing is decided by it. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
