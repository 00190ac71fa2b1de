import { truncateRenamed } from '../../../sinks/index.js';
import type { ExecutorState, StateKeeping } from '../../../pipeline/index.js';
import type { Block } from '../../../sources/index.js';
import { JobError } from '../../job-error.js';
import { inStateFolder } from '../../state-folder.js';
import type { HeldJobOptions, RunJob } from '../run-job.js';
import { lookAt, lookAtOutputs } from '../look-at-outputs.js';
import { endHalfLines } from '../../outputs/end-half-lines.js';
import { openTargets } from '../../outputs/open-targets.js';
import type { FileTarget } from '../../outputs/target.js';
import { refuseStrangeParts } from '../own-parts.js';
import type { ResumePlan, RunPlan } from '../plan.js';
import { refuseBegun } from '../refuse-clashes.js';
import type { Decision } from './decide.js';
import { decided } from './decided.js';
import { givenInputs } from './given-input.js';
import { keepCheckpoint, type BegunFile } from './keep-checkpoint.js';
import { lockTargets } from './lock-targets.js';
import { passDone, readInputs, type EnteredInput } from './read-inputs.js';
import { restoreKeyed, type LeftFiles } from './restore-keyed.js';
import { RunState } from './run-state.js';
import { skipper } from './skip.js';
import { statefulParts } from '../../stage-parts.js';
import { RunStore } from './store.js';
import { isKeyed, outputPaths, targetOfKeyed, targetsOf } from './targets.js';

/**
 * Opens a run that keeps a checkpoint, at the place where the last one stopped, if inputs and outputs are as it left them.
 * Changes nothing before that is known.
 *
 * @throws JobError when the run can't continue, or the state folder can't be used; SourceError, SinkError
 */
export async function openResumed(
  plan: RunPlan,
  resume: ResumePlan,
  { engine, executor, reading, holds, talk }: HeldJobOptions,
): Promise<RunJob> {
  const given = givenInputs(plan);
  const all = targetsOf(plan);
  const keyed = all.filter(isKeyed);
  const single = all.filter((target) => !isKeyed(target));
  const release = await lockTargets(plan.stateFolder, all);
  let kept: StateKeeping | undefined;
  const releaseAll = async (): Promise<void> => {
    await kept?.close();
    await release();
  };
  try {
    // Checks and creates the manifests of rotated files: nobody else may write them meanwhile.
    refuseStrangeParts(plan);
    const store = new RunStore(plan.stateFolder, plan.keys);
    const skip = plan.ai === undefined || executor.skip === undefined ? undefined : skipper(executor);
    const { lineBytesMax } = plan.block;
    const paths = outputPaths(all);
    const outset = { plan, resume, given, targets: all, onPassed: skip };
    const { situation, decision } = await decided(outset, store, reading.signal);
    const { targets, stages } = situation;
    for (const notice of decision.notices) talk.notice(notice);

    const { checkpoint, stored, starts, modes } = decision;
    const { job } = stored;
    await inStateFolder(plan.stateFolder, async () => {
      await store.put(paths, stored);
      await store.claim(paths, job);
    });
    for (const { path, position, cutsBack } of decision.renamed) truncateRenamed(path, position, cutsBack);
    const lookOptions = { follows: false, tell: talk.notice };
    const left = new Map<FileTarget, LeftFiles>();
    for (const output of keyed) {
      const some = targets.flatMap((target, at) => (target.of === output.path ? [{ target, mode: modes[at] }] : []));
      const files = some.map(({ target }) => target);
      const ways = some.map(({ mode }) => mode);
      left.set(output.plan, await restoreKeyed(output, files, ways, holds.lock));
    }
    const begun: BegunFile[] = [];
    const sinks = await openTargets(plan, {
      pipeline: plan.pipeline.name,
      holds,
      letters: talk.letters,
      modes,
      keyed: {
        refuse: (file) => refuseBegun(plan, file),
        checkPlace: (file) => lookAt(file, lookOptions),
        left: (output) => left.get(output) ?? new Map(),
        onFile(file, of, name) {
          const output = keyed.find((one) => one.plan === of);
          if (output !== undefined) begun.push({ file, target: targetOfKeyed(output, name) });
        },
      },
    });
    const { files } = sinks;
    await endHalfLines(single, files.slice(0, single.length), modes);
    const positions = files.map((file) => file.position());
    const look = lookAtOutputs(sinks, lookOptions);
    const state = new RunState({ job, targets, keyed, given, stages }, decision, positions);
    const stop = (): void => reading.abort();
    const goesOn = checkpoint !== undefined;
    kept = await openState(plan, executor.state, decision, (notice) => talk.notice(notice));
    if (kept === undefined) state.forget();
    const keeping = await keepCheckpoint({ state, store, paths, files, begun, plan, stop, goesOn, kept });

    const inputs = given.map((one, at): EnteredInput => {
      const { record = -1, ...start } = starts[at] ?? {};
      return { given: one, input: state.records[at] ?? at, place: checkpoint?.inputs[record]?.place, start };
    });
    if (skip !== undefined) await passDone(inputs, skip, reading.signal);
    const options = {
      lineBytesMax,
      limit: plan.limit,
      shape: (some: AsyncIterable<Block>) => engine.shape(some),
    };
    const blocks = readInputs(inputs, options, reading.signal);
    return {
      sources: given.map(({ source }) => source),
      bytesBefore: inputs.reduce((sum, { place }) => sum + (place?.offset ?? 0), 0),
      blocks,
      sinks,
      checkOutputs: look,
      keeping,
      release: releaseAll,
    };
  } catch (error) {
    await releaseAll();
    throw error;
  }
}

/** Only stages with state need the store. */
async function openState(
  { stateFolder, pipeline, resume, keys }: RunPlan,
  state: ExecutorState | undefined,
  { checkpoint, stored }: Decision,
  tell: (notice: string) => void,
): Promise<StateKeeping | undefined> {
  const known = checkpoint?.state;
  if (known === undefined && state === undefined) return undefined;
  const { openKeptState } = await import('../../kept-state.js');
  const isAnew = stored.startsOver === true;
  const isForced = resume?.how === 'force';
  const wayOut = (): string => '--restart does everything again';
  return await inStateFolder(stateFolder, () =>
    openKeptState({
      stateFolder,
      known,
      isAnew,
      stages: statefulParts(pipeline),
      isForced,
      keys,
      executor: state,
      talk: {
        onForget(stage, events) {
          const lost = events === 0 ? '' : `, and with it events that are in no output: ${events}`;
          tell(`what ${stage} knew of the events before is forgotten, because it changed${lost}`);
        },
        onGone(folder) {
          const message = `what the stages knew of the events before is gone: ${folder} was removed`;
          if (!isForced) throw new JobError(message, 'failed', wayOut());
          tell(`${message}; it goes on all the same`);
        },
        wayOut,
      },
    }),
  );
}
