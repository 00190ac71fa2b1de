/**
 * What became of the input. Every event is counted in `input` and in exactly one of the others, whatever the fan-out:
 * `input = output + filtered + skipped + unrouted + deadLettered`.
 */
export interface Counts {
  input: number;
  output: number;
  filtered: number;
  /** Failed, and `on_error: skip` says to forget it. */
  skipped: number;
  /** No output takes its routing key. */
  unrouted: number;
  deadLettered: number;
}

export function noCounts(): Counts {
  return { input: 0, output: 0, filtered: 0, skipped: 0, unrouted: 0, deadLettered: 0 };
}

/** Adds `more` into `total`. */
export function addCounts(total: Counts, more: Counts): void {
  total.input += more.input;
  total.output += more.output;
  total.filtered += more.filtered;
  total.skipped += more.skipped;
  total.unrouted += more.unrouted;
  total.deadLettered += more.deadLettered;
}
