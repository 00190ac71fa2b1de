import { it } from 'vitest';

const FACTOR = process.env['PROPERTY_FACTOR'];

/**
 * How often a property is tried: `npm run test:chaos` tries it many times as often as `npm test` does.
 *
 * @param long how often the former does, where that is more than usual
 */
export function runs(count: number, long?: number): number {
  if (FACTOR === undefined) return count;
  return long ?? count * Number(FACTOR);
}

/** Of many cases that are alike so many, from all over, for `npm test`; `npm run test:chaos` tries them all. */
export function someOf<T>(cases: readonly T[], count: number): readonly T[] {
  if (FACTOR !== undefined || cases.length <= count) return cases;
  return Array.from({ length: count }, (_, n) => cases[Math.floor((n * cases.length) / count)]) as T[];
}

/** `it.each` of so many of its cases: see {@link someOf}. */
export function each(count: number): typeof it.each {
  const some = (cases: readonly unknown[]): unknown => it.each(someOf(cases, count));
  return some as typeof it.each;
}

/**
 * The same for a model: `npm test` tries what it tried before, so that it fails for what was changed; `npm run test:chaos` tries
 * something new each time, and names the seed of what it finds.
 *
 * @param options `seed`: of those that `npm test` tries; `long`: how many the long suite tries, where that is more than usual
 */
export function modelRuns(
  count: number,
  { seed = 1, long }: { readonly seed?: number; readonly long?: number } = {},
): { readonly numRuns: number; readonly seed?: number } {
  return { numRuns: runs(count, long), ...(FACTOR === undefined && { seed }) };
}
