import { basename } from 'node:path';
import { Manifest, nodeFileSystem } from '../../../files/index.js';
import {
  findPacked,
  findRenamed,
  outputState,
  partsState,
  type FilePosition,
  type FileSinkOptions,
  type PartsState,
  type RenamedFile,
} from '../../../sinks/index.js';
import type { FileRecord, RunCheckpoint } from './checkpoint.js';
import { outputDifference } from './refusal.js';
import type { Target } from './targets.js';

type Mode = FileSinkOptions['mode'];

/** How a file of a run stands to the checkpoint. */
export interface JudgedTarget {
  readonly target: Target;
  /** What keeps the run from going on with it. */
  readonly difference: string | undefined;
  /** For whoever goes on. */
  readonly notices: readonly string[];
  /** It is not there any more, and lines of the run were in it. */
  readonly isLost: boolean;
  /** Somebody else has written behind what is ours, so that nothing can be cut from it. */
  readonly isShared: boolean;
  /** It has another name by now; what lies behind the position there is to be cut from it, if `cutsBack`. */
  readonly renamed: { readonly cutsBack: boolean } | undefined;
  /** Whether it can be cut back to a place before that of the checkpoint. */
  readonly canGoBackTo: (position: FilePosition) => boolean;
  /** How it is opened to go on. @param takenBack where to, if not to where the checkpoint left it */
  modeFrom(takenBack: FilePosition | undefined): Mode;
  /** How it is opened to do everything again; undefined: what is there of the run cannot be taken back. */
  readonly modeAgain: Mode | undefined;
}

/** @throws the operating system's errors */
export function judgeTargets(targets: readonly Target[], checkpoint: RunCheckpoint): readonly JudgedTarget[] {
  return targets.map((target) => {
    const record = checkpoint.files.find(({ path }) => path === target.path);
    return record === undefined ? unknown(target) : judged(target, record, checkpoint);
  });
}

function unknown(target: Target): JudgedTarget {
  const { mode } = target.plan;
  return {
    target,
    difference: undefined,
    notices: [],
    isLost: false,
    isShared: false,
    renamed: undefined,
    canGoBackTo: () => true,
    modeFrom: () => mode,
    modeAgain: mode,
  };
}

function judged(target: Target, record: FileRecord, { ended, startsOver }: RunCheckpoint): JudgedTarget {
  const { path, keeping } = target.plan;
  const { begin, position } = record;
  const state = outputState(path, position, keeping.pattern);
  const isAway = state.kind === 'gone' || (state.kind === 'replaced' && nodeFileSystem.stat(path)?.size === 0);
  const former = isAway ? (findRenamed(path, position) ?? findPacked(path, position)) : undefined;
  const parts = partsOf(target, record);
  if (former !== undefined) return judgedRenamed(target, record, former, parts, ended);
  const isOthers = state.kind === 'grown' && ended;
  // Letters of other runs go to the same file. To its results nobody has anything to add.
  const isShared = isOthers && record.role === 'dead-letters';
  const isOwnGrowth = state.kind === 'grown' && !ended;
  const own = isShared || isOwnGrowth ? undefined : outputDifference(path, position.offset, state);
  const isOurs = own === undefined && !isShared && state.kind !== 'gone';
  const difference = [own, changedParts(parts)].filter((one) => one !== undefined).join('; ');
  // Who was killed while it started over may have taken it back already.
  const isTakenBack =
    startsOver === true && ['good', 'grown', 'gone'].includes(outputState(path, begin, keeping.pattern).kind);
  const isFree = isOurs || state.kind === 'gone' || isTakenBack;
  return {
    target,
    difference: difference === '' ? undefined : difference,
    notices: goneParts(parts),
    isLost: state.kind === 'gone' && !isSamePosition(begin, position),
    isShared,
    renamed: undefined,
    // Of one that is gone, and had nothing in it, nothing is to be taken back.
    canGoBackTo: (to) =>
      state.kind === 'gone' ||
      to.mark === undefined ||
      ['good', 'grown'].includes(outputState(path, to, keeping.pattern).kind),
    modeFrom(takenBack) {
      const to = takenBack ?? position;
      if (!isOurs) return 'append';
      if (to.mark !== undefined) return { cutTo: to, writtenTo: position };
      return isStart(to) ? target.plan.mode : 'append';
    },
    modeAgain: parts.changed.length > 0 ? undefined : modeAgain(target, record, isFree),
  };
}

/** Somebody has put it away, as logrotate does: what is in it stays there, and a new file is begun. */
function judgedRenamed(
  target: Target,
  record: FileRecord,
  { path, bytesBehind }: RenamedFile,
  parts: PartsState,
  ended: boolean,
): JudgedTarget {
  const { role, position } = record;
  const isOthers = bytesBehind > 0 && ended;
  const name = target.plan.path;
  const grown =
    isOthers && role === 'output'
      ? outputDifference(path, position.offset, { kind: 'grown', bytes: bytesBehind })
      : undefined;
  const difference = [grown, changedParts(parts)].filter((one) => one !== undefined).join('; ');
  return {
    target,
    difference: difference === '' ? undefined : difference,
    notices: [`${name} was renamed to ${basename(path)}: it goes on in a new file`, ...goneParts(parts)],
    isLost: false,
    isShared: isOthers,
    renamed: { cutsBack: !isOthers },
    canGoBackTo: (to) => findRenamed(name, to) !== undefined,
    modeFrom: () => ({ behind: position }),
    modeAgain: parts.changed.length > 0 ? undefined : modeAgain(target, record, true),
  };
}

/** What became of the files that were set aside for the run. */
function partsOf({ plan: { path, keeping } }: Target, { begin, position }: FileRecord): PartsState {
  if (keeping.stateFolder === undefined) return { gone: [], changed: [], hasOwn: false };
  const state = partsState(path, Manifest.read(keeping.stateFolder, path), keeping.pattern);
  return {
    ...state,
    // What was about to be set aside when a run was killed is noted, and not there.
    gone: state.gone.filter(({ number }) => number >= begin.part && number < position.part),
    changed: state.changed.filter(({ number }) => number >= begin.part),
  };
}

function changedParts({ changed }: PartsState): string | undefined {
  if (changed.length === 0) return undefined;
  return `${changed.map(({ name }) => name).join(', ')} was changed by somebody since it was set aside: move it away, and the run goes on without it`;
}

function goneParts({ gone }: PartsState): readonly string[] {
  return gone.map(({ name }) => `${name} is not there any more; what was in it is not written again`);
}

function modeAgain(
  { plan: { path, mode, keeping } }: Target,
  { begin, position }: FileRecord,
  isFree: boolean,
): Mode | undefined {
  if (mode === 'truncate') return mode;
  if (!isFree) return undefined;
  if (begin.mark === undefined) return 'append';
  // The file that was there before the run is elsewhere, with what is the run's in it.
  const isElsewhere = keeping.stateFolder === undefined && outputState(path, begin).kind === 'replaced';
  return { cutTo: isElsewhere ? { ...begin, offset: 0 } : begin, writtenTo: position };
}

/** Nothing was ever written, or it is nothing that has places. */
function isStart({ part, offset }: FilePosition): boolean {
  return part === 1 && offset === 0;
}

function isSamePosition(one: FilePosition, other: FilePosition): boolean {
  return one.part === other.part && one.offset === other.offset;
}
