/**
 * What became of the input. Every event is counted in `input` and in exactly one of the others, whatever the fan-out:
 * `input + openBefore + made = output + filtered + skipped + unrouted + deadLettered + merged + open`.
 */
export interface Counts {
  input: number;
  /** Held by stages of an earlier run, if this run continues with their state. */
  openBefore: number;
  /** Added by stages that look across events: n − 1 for one event that became n, 1 for one that was made of several. */
  made: number;
  output: number;
  filtered: number;
  /** Failed, and dropped: because of `on_error: skip`, or in a stage that only chooses events. */
  skipped: number;
  /** Finished, but no output takes the routing key. */
  unrouted: number;
  deadLettered: number;
  /** Merged into another event. */
  merged: number;
  /** Held in a window or batch that is not closed. For a block, events that are released from earlier blocks are subtracted. */
  open: number;
}

/** Written out, because copying an object would make counting slower. */
export function noCounts(): Counts {
  return {
    input: 0,
    openBefore: 0,
    made: 0,
    output: 0,
    filtered: 0,
    skipped: 0,
    unrouted: 0,
    deadLettered: 0,
    merged: 0,
    open: 0,
  };
}

/** Adds `more` into `total`. */
export function addCounts(total: Counts, more: Counts): void {
  total.input += more.input;
  total.openBefore += more.openBefore;
  total.made += more.made;
  total.output += more.output;
  total.filtered += more.filtered;
  total.skipped += more.skipped;
  total.unrouted += more.unrouted;
  total.deadLettered += more.deadLettered;
  total.merged += more.merged;
  total.open += more.open;
}
