/** What is known of all calls of one kind before any is made. */
export interface Population {
  readonly count: number;
  /** The sum of the expected weights, in any unit. */
  readonly weight: number;
}

/** A sampled member of the population. */
export interface SampledRatio {
  /** Its expected weight, above 0. */
  readonly weight: number;
  /** Its actual value. */
  readonly value: number;
}

/** The estimated sum of the values that were not sampled. */
export interface RestEstimate {
  readonly likely: number;
  /** Infinity: the sample is too small to tell. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** The 95 % confidence interval of the sum. `high` may be Infinity. */
export interface Range {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/**
 * The ratio estimator: assumes that the value per unit of weight is the same in the rest as in the sample. Its variance is that
 * of a simple random sample without replacement (Cochran, Sampling Techniques, 3rd ed., §6.4 and §2.6).
 */
export function estimateRest({ count, weight }: Population, sample: readonly SampledRatio[]): RestEstimate {
  const n = sample.length;
  const seenWeight = sum(sample.map((one) => one.weight));
  const ratio = n === 0 ? 0 : sum(sample.map((one) => one.value)) / seenWeight;
  const left = Math.max(0, count - n);
  const squares = sum(sample.map((one) => (one.value - ratio * one.weight) ** 2));
  return {
    likely: left === 0 ? 0 : ratio * Math.max(0, weight - seenWeight),
    variance: left === 0 ? 0 : n < 2 ? Infinity : ((count * left) / n) * (squares / (n - 1)),
    degreesOfFreedom: Math.max(0, n - 1),
  };
}

/** Combines independent estimates. */
export function rangeOf(estimates: readonly RestEstimate[]): Range {
  const likely = sum(estimates.map((one) => one.likely));
  const variance = sum(estimates.map((one) => one.variance));
  const half = variance === 0 ? 0 : tQuantile(sum(estimates.map((one) => one.degreesOfFreedom))) * Math.sqrt(variance);
  return { low: Math.max(0, likely - half), likely, high: likely + half };
}

/** Student's t for few degrees of freedom, two-sided 95 %, starting at 1 degree. */
const T_TABLE = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
/** The quantile of the normal distribution, to which t converges. */
const Z = 1.959964;

/** Beyond the table, uses the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5), which is accurate to three digits there. */
function tQuantile(degreesOfFreedom: number): number {
  if (degreesOfFreedom < 1) return Infinity;
  const known = T_TABLE[degreesOfFreedom - 1];
  if (known !== undefined) return known;
  const first = (Z ** 3 + Z) / 4;
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96;
  return Z + first / degreesOfFreedom + second / degreesOfFreedom ** 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
