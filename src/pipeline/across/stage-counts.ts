import type { Counts } from '../counts.js';

/** What is counted of a stage's events as they come. */
const STAGE_COUNTS = ['in', 'out', 'made', 'filtered', 'merged', 'open', 'forgotten'] as const;

/**
 * What became of the events of one stage. `in + openBefore + made = out + filtered + merged + open`; failed events are not
 * counted, as if they had not come.
 *
 * - `made`: events that the stage added: n − 1 for one that became n, 1 for one that was made of several
 * - `merged`: events that went into another
 * - `open`: events that are held, to become part of another
 * - `openBefore`: events held from earlier runs when a run begins that continues them
 * - `forgotten`: entries about earlier events that were dropped because there were too many
 */
export type StageCounts = { readonly stage: string; openBefore: number } & Record<
  (typeof STAGE_COUNTS)[number],
  number
>;

export function noStageCounts(stage: string): StageCounts {
  return { stage, in: 0, openBefore: 0, out: 0, made: 0, filtered: 0, merged: 0, open: 0, forgotten: 0 };
}

/** Adds counts to a total. Counts of the same stages are summed; those of another pipeline's stages are appended. */
export function addStageCounts(total: StageCounts[], more: readonly StageCounts[]): void {
  for (const [index, counts] of more.entries()) {
    const isSame = ({ stage }: StageCounts): boolean => stage === counts.stage;
    const there = total[index];
    const sum = there !== undefined && isSame(there) ? there : (total.find(isSame) ?? noStageCounts(counts.stage));
    if (!total.includes(sum)) total.push(sum);
    for (const key of STAGE_COUNTS) sum[key] += counts[key];
    sum.openBefore += counts.openBefore;
  }
}

/** Adds what stages have made of their events to the counts of the whole. */
export function addSides({ counts }: { readonly counts: Counts }, stages: readonly StageCounts[]): void {
  for (const { openBefore, made, merged, open, filtered } of stages) {
    counts.openBefore += openBefore;
    counts.made += made;
    counts.merged += merged;
    counts.open += open;
    counts.filtered += filtered;
  }
}

const PLACES = { in: 0, out: 1, made: 2, filtered: 3, merged: 4, open: 5, forgotten: 6 } as const;

/** Counts for several stages, and can undo the counts of an event. */
export class StageTally {
  readonly #now: Float64Array;
  readonly #before: Float64Array;

  constructor(private readonly stages: readonly string[]) {
    this.#now = new Float64Array(stages.length * STAGE_COUNTS.length);
    this.#before = new Float64Array(this.#now);
  }

  /** @param stage its index, from 0 */
  add(stage: number, key: (typeof STAGE_COUNTS)[number], count: number): void {
    const at = stage * STAGE_COUNTS.length + PLACES[key];
    this.#now[at] = (this.#now[at] ?? 0) + count;
  }

  begin(): void {
    this.#before.set(this.#now);
  }

  /** Restores the counts as of the last `begin`. */
  undo(): void {
    this.#now.set(this.#before);
  }

  /** Returns the counts since the last call. */
  take(): readonly StageCounts[] {
    const counts = this.stages.map((stage, index) => {
      const one = noStageCounts(stage);
      for (const [at, key] of STAGE_COUNTS.entries()) one[key] = this.#now[index * STAGE_COUNTS.length + at] ?? 0;
      return one;
    });
    this.#now.fill(0);
    return counts;
  }
}
