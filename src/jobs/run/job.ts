import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenSinks } from '../../pipeline/index.js';
import type { Sink } from '../../sinks/index.js';
import { holdTargets } from '../outputs/hold-targets.js';
import { openTargets } from '../outputs/open-targets.js';
import { filesOf, type FileTarget } from '../outputs/target.js';
import { lookAt, lookAtOutputs } from './look-at-outputs.js';
import { openSources, readSources } from './open-input.js';
import { refuseStrangeParts } from './own-parts.js';
import type { RunPlan } from './plan.js';
import { refuseBegun, refuseClashes } from './refuse-clashes.js';
import type { LockedOutputs } from './resume/index.js';
import type { HeldJobOptions, JobOptions, RunJob } from './run-job.js';

/** Opens the inputs and outputs of a run. @throws JobError, SourceError, SinkError */
export async function openJob(plan: RunPlan, context: JobOptions): Promise<RunJob> {
  refuseClashes(plan);
  const holds = await holdTargets(plan, {
    command: 'colloquium run',
    // A plain run makes no promise about this.
    ...(plan.resume && { onUnable: once((reason) => context.talk.notice(notKept(reason))) }),
    keepsNames: plan.follow,
    holdsLetters: plan.resume !== undefined,
  });
  try {
    if (plan.resume === undefined) refuseStrangeParts(plan);
    const job = await openHeld(plan, { ...context, holds });
    return {
      ...job,
      async release() {
        try {
          await job.release();
        } finally {
          await holds.release();
        }
      },
    };
  } catch (error) {
    await holds.release();
    throw error;
  }
}

function notKept(reason: string): string {
  return `other runs are not kept from the outputs by all their names: ${reason}`;
}

function once<T>(tell: (what: T) => void): (what: T) => void {
  let isTold = false;
  return (what) => {
    if (!isTold) tell(what);
    isTold = true;
  };
}

async function openHeld(plan: RunPlan, context: HeldJobOptions): Promise<RunJob> {
  const { engine, reading, holds, talk } = context;
  if (plan.resume !== undefined) {
    const { openResumed } = await import('./resume/index.js');
    return openResumed(plan, plan.resume, context);
  }
  const sources = openSources(plan, talk.notice);
  const earlier = await lockIfKnown(plan);
  try {
    const lookOptions = { follows: plan.follow, tell: talk.notice };
    const sinks = await openTargets(plan, {
      pipeline: plan.pipeline.name,
      holds,
      letters: talk.letters,
      keyed: { refuse: (file) => refuseBegun(plan, file), checkPlace: (file) => lookAt(file, lookOptions) },
    });
    if (filesOf(plan).some(isWrittenToAtOnce)) await earlier?.forget();
    const look = lookAtOutputs(sinks, lookOptions);
    const blocks = engine.shape(readSources(plan, sources, reading.signal));
    return {
      sources,
      blocks,
      sinks: earlier === undefined ? sinks : forgetting(sinks, earlier),
      checkOutputs: look,
      release: async () => earlier?.release(),
    };
  } catch (error) {
    await earlier?.release();
    throw error;
  }
}

/** Whether opening a file may change it: it is emptied, or gets its header. */
function isWrittenToAtOnce({ mode, keeping }: FileTarget): boolean {
  return mode === 'truncate' || keeping.head !== undefined;
}

/** From the first write on, no run can continue from an earlier checkpoint. */
function forgetting(sinks: OpenSinks, earlier: LockedOutputs): OpenSinks {
  const forgettingFirst = (sink: Sink): Sink => ({
    ...sink,
    async write(...what) {
      await earlier.forget();
      await sink.write(...what);
    },
  });
  return {
    ...sinks,
    outputs: sinks.outputs.map(forgettingFirst),
    deadLetters: forgettingFirst(sinks.deadLetters),
  };
}

/** Locks the outputs. If no run ever kept a checkpoint, a run that only appends pays for a single look, and locks nothing. */
async function lockIfKnown(plan: RunPlan): Promise<LockedOutputs | undefined> {
  const files = filesOf(plan);
  const writesOver = files.some(({ mode }) => mode === 'truncate');
  if (files.length === 0 || !(writesOver || existsSync(join(plan.stateFolder, 'locks')))) {
    return undefined;
  }
  const { lockOutputs } = await import('./resume/index.js');
  return lockOutputs(plan);
}
