import type { StagePlan } from '../../config/index.js';
import type { ExecutorState } from '../run-blocks.js';
import { placesOf } from './compile-steps.js';
import { noStageCounts, type StageCounts } from './stage-counts.js';
import { AS_JSON, type PipelineState, type SavedEntry, type StateChanges } from './state-table.js';

/** The name of its table, beside those of the stages. */
const TABLE = 'kept';

/** Records how many events the stages of a pipeline hold, together with their state, for the run that continues with it. */
export function openEvents(
  stages: readonly StagePlan[],
  state: PipelineState,
): (counts: readonly StageCounts[]) => void {
  const table = state.table(TABLE, AS_JSON);
  const places = placesOf(stages);
  return (counts) => {
    for (const [at, { open }] of counts.entries()) {
      const place = String(places[at]);
      if (open !== 0) table.put(place, Number(table.get(place) ?? 0) + open);
    }
  };
}

/** Adds the number of events held before to the state of stages. @param stages those that are counted, in order */
export function withOpen(stages: readonly StagePlan[], state: Pick<ExecutorState, 'track' | 'restore'>): ExecutorState {
  let before = countsBefore(stages, []);
  return {
    track: () => state.track(),
    restore(saved) {
      state.restore(saved);
      before = countsBefore(stages, saved);
    },
    before: () => before,
  };
}

function countsBefore(stages: readonly StagePlan[], saved: StateChanges): readonly StageCounts[] {
  const kept = keptIn(saved);
  const places = placesOf(stages);
  return stages.map(({ name }, at) => {
    const open = kept.get(places[at] ?? 0) ?? 0;
    return { ...noStageCounts(name), open, openBefore: open };
  });
}

/** Returns how many events the stages with this state held, by their places. */
export function keptIn(saved: StateChanges): ReadonlyMap<number, number> {
  const entries = saved.flatMap(([table, some]) => (table === TABLE ? some : []));
  return new Map(entries.map(([place, entry]) => [Number(place), Number(entry?.[1] ?? 0)]));
}

/**
 * Returns the state for changed stages to continue with.
 *
 * @param placeOf maps the earlier place of a stage to its current one; undefined: the stage is gone
 */
export function movedState(saved: StateChanges, placeOf: (before: number) => number | undefined): StateChanges {
  return saved.flatMap(([table, entries]): StateChanges => {
    if (table === TABLE) {
      const moved = entries.flatMap(([place, entry]): SavedEntry[] => {
        const now = placeOf(Number(place));
        return now === undefined ? [] : [[String(now), entry]];
      });
      return [[table, moved]];
    }
    const [place, ...name] = table.split('.');
    const now = placeOf(Number(place));
    return now === undefined ? [] : [[[now, ...name].join('.'), entries]];
  });
}

/** Whether a stage had any state. @param place of the stage */
export function knewAnything(saved: StateChanges, place: number): boolean {
  return saved.some(([table, entries]) => table.startsWith(`${place}.`) && entries.length > 0);
}
