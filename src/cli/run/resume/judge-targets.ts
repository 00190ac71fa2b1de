import { outputState, type FilePosition, type FileSinkOptions, type OutputState } from '../../../sinks/index.js';
import type { FileRecord, RunCheckpoint } from './checkpoint.js';
import { outputDifference } from './refusal.js';
import type { Target } from './targets.js';

type Mode = FileSinkOptions['mode'];

/** How a file of a run stands to the checkpoint. */
export interface JudgedTarget {
  readonly target: Target;
  /** What keeps the run from going on with it. */
  readonly difference: string | undefined;
  /** It is not there any more. */
  readonly isGone: boolean;
  /** … and lines of the run were in it. */
  readonly isLost: boolean;
  /** Somebody else has written behind what is ours, so that nothing can be cut from it. */
  readonly isShared: boolean;
  /** How it is opened to go on. @param takenBack where to, if not to where the checkpoint left it */
  modeFrom(takenBack: FilePosition | undefined): Mode;
  /** How it is opened to do everything again; undefined: what is there of the run cannot be taken back. */
  readonly modeAgain: Mode | undefined;
}

/** @throws the operating system's errors */
export function judgeTargets(targets: readonly Target[], checkpoint: RunCheckpoint): readonly JudgedTarget[] {
  return targets.map((target) => {
    const record = checkpoint.files.find(({ path }) => path === target.path);
    return record === undefined ? unknown(target) : judged(target, record, checkpoint.ended);
  });
}

function unknown(target: Target): JudgedTarget {
  const { mode } = target.plan;
  return {
    target,
    difference: undefined,
    isGone: false,
    isLost: false,
    isShared: false,
    modeFrom: () => mode,
    modeAgain: mode,
  };
}

function judged(target: Target, { role, begin, position }: FileRecord, ended: boolean): JudgedTarget {
  const { path, mode, keeping } = target.plan;
  const state = outputState(path, position, keeping.pattern);
  const isOthers = state.kind === 'grown' && ended;
  // Letters of other runs go to the same file. To its results nobody has anything to add.
  const isShared = isOthers && role === 'dead-letters';
  const isOwnGrowth = state.kind === 'grown' && !ended;
  const difference = isShared || isOwnGrowth ? undefined : outputDifference(path, position.offset, state);
  const isOurs = difference === undefined && !isShared && state.kind !== 'gone';
  return {
    target,
    difference,
    isGone: state.kind === 'gone',
    isLost: state.kind === 'gone' && !isSamePosition(begin, position),
    isShared,
    modeFrom(takenBack) {
      const to = takenBack ?? position;
      if (!isOurs) return 'append';
      if (to.mark !== undefined) return { cutTo: to };
      return isStart(to) ? mode : 'append';
    },
    modeAgain: modeAgain(mode, state, begin, isOurs),
  };
}

function modeAgain(
  mode: 'truncate' | 'append',
  state: OutputState,
  begin: FilePosition,
  isOurs: boolean,
): Mode | undefined {
  if (mode === 'truncate') return mode;
  // Of one that is gone parts may be there.
  if (!isOurs && state.kind !== 'gone') return undefined;
  return begin.mark === undefined ? 'append' : { cutTo: begin };
}

/** Nothing was ever written, or it is nothing that has places. */
function isStart({ part, offset }: FilePosition): boolean {
  return part === 1 && offset === 0;
}

function isSamePosition(one: FilePosition, other: FilePosition): boolean {
  return one.part === other.part && one.offset === other.offset;
}
