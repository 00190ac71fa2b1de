/** How often a property is tried: `npm run test:chaos` tries it many times as often as `npm test` does. */
export function runs(count: number): number {
  return count * Number(process.env['PROPERTY_FACTOR'] ?? 1);
}
