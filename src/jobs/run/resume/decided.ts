import type { Block } from '../../../sources/index.js';
import { stageParts } from '../../stage-parts.js';
import type { ResumePlan, RunPlan } from '../plan.js';
import { again, beginning, decide, type Decision } from './decide.js';
import type { GivenInput } from './given-input.js';
import { judgeTargets } from './judge-targets.js';
import { refusal } from './refusal.js';
import type { Situation } from './situation.js';
import type { RunStore } from './store.js';
import { isKeyed, knownTargets, outputPaths, type Target } from './targets.js';

/** What a run is given, before it is known what an earlier one has left. */
export interface Outset {
  readonly plan: RunPlan;
  readonly resume: ResumePlan;
  readonly given: readonly GivenInput[];
  readonly targets: readonly Target[];
  /** Receives the skipped blocks of inputs that can't be read twice. */
  readonly onPassed?: ((block: Block) => Promise<void>) | undefined;
}

export interface Decided {
  readonly situation: Situation;
  readonly decision: Decision;
}

/**
 * Compares what a run is given with what an earlier one has left. Changes nothing.
 *
 * @throws JobError when the run can't continue; SourceError
 */
export async function decided(
  { plan, resume, given, targets, onPassed }: Outset,
  store: RunStore,
  signal: AbortSignal,
): Promise<Decided> {
  const outset: Situation = {
    targets: targets.filter((target) => !isKeyed(target)),
    keyed: targets.filter(isKeyed),
    given,
    stages: stageParts(plan.pipeline),
    lineBytesMax: plan.block.lineBytesMax,
    isForced: resume.how === 'force',
    ...(onPassed && { onPassed }),
  };
  const { stateFolder } = plan;
  const isForced = resume.how === 'restart';
  const stored = await store.find(outputPaths(targets), { isForgotten: isForced });
  switch (stored.kind) {
    case 'nothing':
      return { situation: outset, decision: beginning(outset, { isForced, stateFolder }) };
    case 'checkpoint': {
      const { checkpoint } = stored;
      const known = [...outset.targets, ...knownTargets(outset.keyed, checkpoint)];
      const situation = { ...outset, targets: known };
      const decision =
        !isForced && checkpoint.startsOver !== true
          ? await decide(situation, checkpoint, signal)
          : again(situation, checkpoint, judgeTargets(known, checkpoint), []);
      return { situation, decision };
    }
    case 'mixed':
      if (!isForced) throw refusal(firstOf(outset), [stored.because]);
      return { situation: outset, decision: beginning(outset, { isForced, stateFolder }) };
  }
}

function firstOf({ targets, keyed }: Situation): string {
  return [...targets, ...keyed][0]?.plan.path ?? '';
}
