/** Names at a greater distance are unlikely to be typos. */
const DISTANCE_MAX = 2;
/** Longer names are not compared, because the table grows with the square of the length. */
const LENGTH_MAX = 64;
/** Only this many names are compared. If there are more, they are keys of an event, which nobody mistyped one by one. */
const NAMES_MAX = 500;

/** Returns the name among `known` that `name` was most likely meant to be, or undefined if none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > LENGTH_MAX) return undefined;
  // A short name is near almost anything, so at most a third of it may differ, but always one edit is allowed. A single letter is
  // equally near every other letter, so none is allowed.
  const allowed = name.length < 2 ? 0 : Math.min(DISTANCE_MAX, Math.max(1, Math.floor(name.length / 3)));
  let nearest: string | undefined;
  let nearestDistance = allowed + 1;
  let compared = 0;
  for (const candidate of known) {
    compared += 1;
    if (compared > NAMES_MAX) break;
    if (Math.abs(candidate.length - name.length) >= nearestDistance) continue;
    const distance =
      candidate.toLowerCase() === name.toLowerCase() ? 0.5 : damerauLevenshtein(name, candidate, nearestDistance);
    if (distance < nearestDistance) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest === name ? undefined : nearest;
}

/** Returns the number of edits (insert, delete, replace, swap two neighbors) between two strings. Exact only below `limit`. */
function damerauLevenshtein(a: string, b: string, limit: number): number {
  if (a.length > LENGTH_MAX || b.length > LENGTH_MAX) return limit;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? limit;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      row.push(best);
    }
  }
  return at(a.length, b.length);
}
