/**
 * Splits a whole into parts that add up to it, each less than 1 away from its exact weighted share.
 *
 * @param whole 0 or more
 * @param weights integers of at least 0
 */
export function partsOf(whole: bigint, weights: readonly number[]): readonly bigint[] {
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  let passed = 0n;
  let given = 0n;
  return weights.map((weight, i) => {
    passed += BigInt(weight);
    // The last part gets the rest, even if all weights are 0.
    const upTo = i === weights.length - 1 ? whole : sum === 0n ? 0n : (whole * passed) / sum;
    const part = upTo - given;
    given = upTo;
    return part;
  });
}
