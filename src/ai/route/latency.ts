/** A mean of latencies that weights recent ones more. */
export interface LatencyMeter {
  add(ms: number, now: number): void;
  /** Milliseconds; undefined without recent measurements: such a provider is worth a try. */
  mean(now: number): number | undefined;
}

/** A measurement of this age counts half. */
const HALF_LIFE_MS = 60_000;
/** With less weight than this share of one measurement, the mean is meaningless. */
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
