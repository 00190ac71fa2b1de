import type { Counts } from '../counts.js';

/** What is counted of a stage's events as they come. */
const STAGE_COUNTS = ['in', 'out', 'made', 'filtered', 'merged', 'open', 'forgotten'] as const;

/**
 * What became of the events of one stage. `in + openBefore + made = out + filtered + merged + open`; events that failed count nowhere,
 * as if they had not come.
 *
 * - `made`: events that the stage added: n − 1 for one that became n, 1 for one that was made of several
 * - `merged`: events that went into another
 * - `open`: kept, to become a part of another
 * - `openBefore`: kept by those who did what came before, when a run begins that goes on with it
 * - `forgotten`: what was known of events before, and was given up because it was too much
 */
export type StageCounts = { readonly stage: string; openBefore: number } & Record<
  (typeof STAGE_COUNTS)[number],
  number
>;

export function noStageCounts(stage: string): StageCounts {
  return { stage, in: 0, openBefore: 0, out: 0, made: 0, filtered: 0, merged: 0, open: 0, forgotten: 0 };
}

/** Adds the counts of some events to those before: of the same stages, or of those of another pipeline, which come behind. */
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

/** Counts for the whole what stages have made of its events. */
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

/** Counts for several stages, which can be set back to how they were before an event. */
export class StageTally {
  readonly #now: Float64Array;
  readonly #before: Float64Array;

  constructor(private readonly stages: readonly string[]) {
    this.#now = new Float64Array(stages.length * STAGE_COUNTS.length);
    this.#before = new Float64Array(this.#now);
  }

  /** @param stage its place, from 0 */
  add(stage: number, key: (typeof STAGE_COUNTS)[number], count: number): void {
    const at = stage * STAGE_COUNTS.length + PLACES[key];
    this.#now[at] = (this.#now[at] ?? 0) + count;
  }

  begin(): void {
    this.#before.set(this.#now);
  }

  /** Back to the last `begin`. */
  undo(): void {
    this.#now.set(this.#before);
  }

  /** What was counted since the last time. */
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
