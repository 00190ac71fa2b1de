import type { StagePlan } from '../../config/index.js';
import type { ExecutorState } from '../run-blocks.js';
import { placesOf } from './compile-steps.js';
import { noStageCounts, type StageCounts } from './stage-counts.js';
import { AS_JSON, type PipelineState, type StateChanges } from './state-table.js';

/** The table in which it stands, beside those of the stages. */
const TABLE = 'kept';

/** Notes how many events the stages of a pipeline keep, with what they know: whoever goes on with that knows it, too. */
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

/** What stages know, which says how many events they kept before. @param stages those that are counted, in their order */
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
  const kept = new Map(saved.find(([table]) => table === TABLE)?.[1]);
  const places = placesOf(stages);
  return stages.map(({ name }, at) => {
    const open = Number(kept.get(String(places[at]))?.[1] ?? 0);
    return { ...noStageCounts(name), open, openBefore: open };
  });
}
