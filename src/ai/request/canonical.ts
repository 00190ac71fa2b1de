/**
 * JSON with the keys of every object sorted, so that equal data is equal text. `undefined` values are omitted, as in JSON.
 *
 * @param value plain JSON data: finite numbers, no cycles
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
