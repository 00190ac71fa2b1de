const FACTOR = process.env['PROPERTY_FACTOR'];

/** How often a property is tried: `npm run test:chaos` tries it many times as often as `npm test` does. */
export function runs(count: number): number {
  return count * Number(FACTOR ?? 1);
}

/**
 * The same for a model: `npm test` tries what it tried before, so that it fails for what was changed; `npm run test:chaos` tries
 * something new each time, and names the seed of what it finds.
 *
 * @param seed of those that `npm test` tries
 */
export function modelRuns(count: number, seed = 1): { readonly numRuns: number; readonly seed?: number } {
  return { numRuns: runs(count), ...(FACTOR === undefined && { seed }) };
}
