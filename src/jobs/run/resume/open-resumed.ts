import { truncateRenamed } from '../../../sinks/index.js';
import type { ExecutorState, StateKeeping } from '../../../pipeline/index.js';
import type { Block } from '../../../sources/index.js';
import { inStateFolder } from '../../state-folder.js';
import type { HeldJobOptions, RunJob } from '../run-job.js';
import { lookAtOutputs } from '../look-at-outputs.js';
import { endHalfLines } from '../../outputs/end-half-lines.js';
import { openTargets } from '../../outputs/open-targets.js';
import { refuseStrangeParts } from '../own-parts.js';
import type { ResumePlan, RunPlan } from '../plan.js';
import { again, beginning, decide, type Decision } from './decide.js';
import { givenInput } from './given-input.js';
import { judgeTargets } from './judge-targets.js';
import { keepCheckpoint } from './keep-checkpoint.js';
import { lockTargets } from './lock-targets.js';
import { passDone, readInputs, type EnteredInput } from './read-inputs.js';
import { refusal } from './refusal.js';
import { RunState } from './run-state.js';
import type { Situation } from './situation.js';
import { skipper } from './skip.js';
import { stageParts, stagesOf } from '../../stage-parts.js';
import { RunStore } from './store.js';
import { outputPaths, targetsOf } from './targets.js';

/**
 * Opens a run that keeps a checkpoint: at the place where the last one stopped, if the world is as it left it. Nothing is
 * changed before that is known.
 *
 * @throws JobError when it cannot go on, or the state folder cannot be used; SourceError, SinkError
 */
export async function openResumed(
  plan: RunPlan,
  resume: ResumePlan,
  { engine, executor, reading, holds, talk }: HeldJobOptions,
): Promise<RunJob> {
  const given = plan.inputs.map((name) => givenInput(name, plan.block.lineBytesMax));
  const targets = targetsOf(plan);
  const release = await lockTargets(plan.stateFolder, targets);
  let kept: StateKeeping | undefined;
  const releaseAll = async (): Promise<void> => {
    await kept?.close();
    await release();
  };
  try {
    // The manifests of what is set aside are looked at, and made: nobody else may write them meanwhile.
    refuseStrangeParts(plan);
    const store = new RunStore(plan.stateFolder);
    const skip = plan.ai === undefined ? undefined : skipper(executor);
    const { lineBytesMax } = plan.block;
    const stages = stageParts(plan.pipeline);
    const situation = { targets, given, stages, lineBytesMax, ...(skip && { onPassed: skip }) };
    const decision = await decided({ ...situation, isForced: resume.how === 'force' }, store, plan, reading.signal);
    for (const notice of decision.notices) talk.notice(notice);

    const { checkpoint, stored, starts, modes } = decision;
    const { job } = stored;
    const paths = outputPaths(targets);
    await inStateFolder(plan.stateFolder, async () => {
      await store.put(paths, stored);
      await store.claim(paths, job);
    });
    for (const { path, position, cutsBack } of decision.renamed) truncateRenamed(path, position, cutsBack);
    const sinks = await openTargets(plan, { pipeline: plan.pipeline.name, holds, letters: talk.letters, modes });
    const { files } = sinks;
    await endHalfLines(
      targets.map(({ plan: target, path }) => ({ ...target, path })),
      files,
      modes,
    );
    const positions = files.map((file) => file.position());
    const look = lookAtOutputs(sinks, { follows: false, tell: talk.notice });
    const state = new RunState({ job, targets, given, stages: situation.stages }, decision, positions);
    const stop = (): void => reading.abort();
    const goesOn = checkpoint !== undefined;
    kept =
      executor.state && (await openState(plan, executor.state, decision, situation, (notice) => talk.notice(notice)));
    const keeping = await keepCheckpoint({ state, store, targets, files, plan, stop, goesOn, kept });

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
      blocks,
      sinks,
      look,
      keeping,
      release: releaseAll,
    };
  } catch (error) {
    await releaseAll();
    throw error;
  }
}

/** Only stages that know something need what stores it. */
async function openState(
  { stateFolder }: RunPlan,
  state: ExecutorState,
  { checkpoint, stored }: Decision,
  { stages }: Pick<Situation, 'stages'>,
  tell: (notice: string) => void,
): Promise<StateKeeping> {
  const { openKeptState } = await import('../../kept-state.js');
  const onForget = (): void => tell('what the stages knew of the events before is forgotten, because they changed');
  const known = checkpoint?.state;
  const isAnew = stored.startsOver === true;
  return await inStateFolder(stateFolder, () =>
    openKeptState({ stateFolder, known, isAnew, stages: stagesOf(stages), executor: state, onForget }),
  );
}

async function decided(
  situation: Situation,
  store: RunStore,
  { resume, stateFolder }: RunPlan,
  signal: AbortSignal,
): Promise<Decision> {
  const { targets } = situation;
  const isForced = resume?.how === 'restart';
  const stored = await store.find(outputPaths(targets), { isForgotten: isForced });
  switch (stored.kind) {
    case 'nothing':
      return beginning(situation, { isForced, stateFolder });
    case 'checkpoint': {
      const { checkpoint } = stored;
      if (!isForced && checkpoint.startsOver !== true) return decide(situation, checkpoint, signal);
      return again(situation, checkpoint, judgeTargets(targets, checkpoint), []);
    }
    case 'mixed':
      if (!isForced) throw refusal(targets[0]?.plan.path ?? '', [stored.because]);
      return beginning(situation, { isForced, stateFolder });
  }
}
