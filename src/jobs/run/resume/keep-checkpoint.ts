import { nodeWorld } from '../../../log/index.js';
import type { StateKeeping } from '../../../pipeline/index.js';
import { CheckpointKeeper, type PipelineCheckpoint } from '../../../pipeline/log/index.js';
import type { FilePosition, FileSink } from '../../../sinks/index.js';
import { InputReached } from '../../../sources/place/index.js';
import { JobError } from '../../job-error.js';
import type { RunKeeping } from '../run-job.js';
import type { RunPlan } from '../plan.js';
import type { Reached, RunState } from './run-state.js';
import type { RunStore } from './store.js';
import type { Target } from './targets.js';

/** Short enough that little is processed twice, long enough that syncing costs nothing. */
const CHECKPOINT_INTERVAL_MS = 200;

/** A new file of an output with many files. */
export interface BegunFile {
  readonly file: FileSink;
  readonly target: Target;
}

export interface KeepingOptions {
  readonly state: RunState;
  readonly store: RunStore;
  /** The resolved paths of the outputs. */
  readonly paths: readonly string[];
  /** The open files of the state's targets. */
  readonly files: readonly FileSink[];
  /** New files that are not in the state yet; they are removed from this list when they are added. */
  readonly begun: BegunFile[];
  readonly plan: Pick<RunPlan, 'stateFolder'>;
  /** Ends the run because a checkpoint can't be written. */
  readonly stop: () => void;
  readonly goesOn: boolean;
  /** The state of the stages; absent: none. */
  readonly kept?: StateKeeping | undefined;
}

/**
 * Starts to keep a run's checkpoint. The first one describes the files before the first write.
 *
 * @throws JobError when it can't be written
 */
export async function keepCheckpoint(options: KeepingOptions): Promise<RunKeeping> {
  const { state, store, paths, files, begun, plan, stop, goesOn, kept } = options;
  const world = nodeWorld();
  let failure: { readonly error: unknown } | undefined;
  const byTarget = (positions: PipelineCheckpoint<Reached>['files']): readonly (FilePosition | undefined)[] =>
    state.targets.map((target) => positions[target.plan.path]);
  const keeper = new CheckpointKeeper<Reached>({
    files,
    intervalMs: CHECKPOINT_INTERVAL_MS,
    wait: (ms, signal) => world.wait(ms, signal),
    async store({ place, files: positions, ended }) {
      if (place.state !== undefined) kept?.commit(place.state.version);
      await store.put(paths, state.checkpointOf(place, byTarget(positions), ended));
    },
    earliest: ({ place, files: positions }) => {
      const [point] = place.points;
      if (point === undefined) return positions;
      return Object.fromEntries(
        state.targets.flatMap((target, at) => {
          const position = point.positions[at];
          return position === undefined ? [] : [[target.plan.path, position]];
        }),
      );
    },
    onFailure(error) {
      failure = { error };
      stop();
    },
  });
  const said = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      throw cannotKeep(plan.stateFolder, error);
    }
  };
  await said(() => keeper.begin(state.now));
  return {
    reached(at) {
      if (at instanceof InputReached)
        keeper.reached(
          state.pass(
            at,
            files.map((file) => file.position()),
          ),
        );
    },
    changed: (changes) => kept?.add(state.change(kept.folder), changes),
    async filesBegun() {
      for (const { file, target } of begun.splice(0)) state.add(target, file.position());
      await said(() => keeper.renew(state.now));
    },
    async finish(ended) {
      // Held events are released at the end of the input, but the input may grow: a run that continues undoes their release and
      // repeats it.
      await said(() => keeper.finish(ended && kept === undefined));
      if (failure !== undefined) throw cannotKeep(plan.stateFolder, failure.error);
    },
    linesDone: () => state.linesDone(),
    failed: (count) => state.fail(count),
    failedSoFar: () => state.failedSoFar(),
    goesOn,
  };
}

function cannotKeep(folder: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const hint = 'what lies behind the last checkpoint is done again by the next --resume';
  return new JobError(`cannot keep the checkpoint in ${folder}: ${error.message}`, 'failed', hint);
}
