/** A mean of latencies in which older ones count for less and less. */
export interface LatencyMeter {
  add(ms: number, now: number): void;
  /** Milliseconds; undefined when nothing was measured lately: such a provider is worth a try. */
  mean(now: number): number | undefined;
}

/** What was measured this long ago counts half. */
const HALF_LIFE_MS = 60_000;
/** Less than this share of one measurement left: it says nothing any more. */
const WEIGHT_MIN = 1 / 32;

export function createLatencyMeter(): LatencyMeter {
  let sum = 0;
  let weight = 0;
  let at = 0;

  const decay = (now: number): void => {
    const factor = 0.5 ** (Math.max(0, now - at) / HALF_LIFE_MS);
    sum *= factor;
    weight *= factor;
    at = Math.max(at, now);
  };

  return {
    add(ms, now) {
      decay(now);
      sum += ms;
      weight += 1;
    },
    mean(now) {
      decay(now);
      return weight < WEIGHT_MIN ? undefined : sum / weight;
    },
  };
}
