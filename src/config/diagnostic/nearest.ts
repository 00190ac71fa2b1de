/**
 * The candidate most likely meant by `name`: the one with the smallest edit distance (insert, delete, replace, or swap neighbors,
 * one step each; ignoring case), if it is close enough not to be a mere guess.
 *
 * Distance: optimal string alignment (Damerau 1964).
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(name);
  // To a single letter, all other letters are equally close.
  const reach = wanted.length < 2 ? 0 : Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = reach + 1;
  for (const candidate of candidates) {
    const other = plain(candidate);
    if (Math.abs(other.length - wanted.length) >= bestDistance || other.length > NAME_LENGTH_MAX) continue;
    const distance = editDistance(wanted, other);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The hint based on {@link nearest}: `did you mean "…"?`, or undefined. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(name, candidates);
  return found === undefined ? undefined : suggestion(found);
}

export function suggestion(name: string): string {
  return `did you mean "${name}"?`;
}

/** Longer names are not compared: the cost is the product of both lengths. */
const NAME_LENGTH_MAX = 100;

/** Treats `max-queue-size` and `maxQueueSize` as misspellings of `max_queue_size`. */
function plain(name: string): string {
  return name.slice(0, NAME_LENGTH_MAX).toLowerCase().replace(/[-_ ]/g, '');
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
