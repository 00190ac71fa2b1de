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

/** How a file of a run compares with the checkpoint. */
export interface JudgedTarget {
  readonly target: Target;
  /** Why the run can't continue with the file; undefined: it can. */
  readonly difference: string | undefined;
  /** Messages for the user if the run continues. */
  readonly notices: readonly string[];
  /** Whether the file is missing although it contained lines of the run. */
  readonly isLost: boolean;
  /** Whether somebody else has written behind our content, so that the file can't be truncated. */
  readonly isShared: boolean;
  /** Set if the file was renamed; `cutsBack`: truncate it to the position. */
  readonly renamed: { readonly cutsBack: boolean } | undefined;
  /** Whether the file can be truncated to a position before that of the checkpoint. */
  readonly canGoBackTo: (position: FilePosition) => boolean;
  /** How to open the file to continue. @param takenBack where to continue, if not where the checkpoint left off */
  modeFrom(takenBack: FilePosition | undefined): Mode;
  /** How to open the file to process everything again; undefined: the run's content can't be removed from it. */
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
  const isGone = state.kind === 'gone' || (state.kind === 'replaced' && nodeFileSystem.stat(path)?.size === 0);
  const former = isGone ? (findRenamed(path, position) ?? findPacked(path, position)) : undefined;
  const parts = partsOf(target, record);
  if (former !== undefined) return judgedRenamed(target, record, former, parts, ended);
  const isOthers = state.kind === 'grown' && ended;
  // Other runs may write their letters to the same file, but nobody may add to an output.
  const isShared = isOthers && record.role === 'dead-letters';
  const isOwnGrowth = state.kind === 'grown' && !ended;
  const own = isShared || isOwnGrowth ? undefined : outputDifference(path, position.offset, state);
  const isOurs = own === undefined && !isShared && state.kind !== 'gone';
  const difference = [own, changedParts(parts)].filter((one) => one !== undefined).join('; ');
  // A run that was killed while it started over may already have truncated the file.
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
    // A missing file has nothing to remove.
    canGoBackTo: (to) =>
      state.kind === 'gone' ||
      to.mark === undefined ||
      ['good', 'grown'].includes(outputState(path, to, keeping.pattern).kind),
    modeFrom(takenBack) {
      const to = takenBack ?? position;
      if (!isOurs) return 'append';
      if (to.mark !== undefined) return { truncateTo: to, writtenTo: position };
      return isStart(to) ? target.plan.mode : 'append';
    },
    modeAgain: parts.changed.length > 0 ? undefined : modeAgain(target, record, isFree),
  };
}

/** The file was renamed by somebody, as logrotate does: its content stays there, and a new file is started. */
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

/** The state of the run's rotated files. */
function partsOf({ plan: { path, keeping } }: Target, { begin, position }: FileRecord): PartsState {
  if (keeping.stateFolder === undefined) return { gone: [], changed: [], hasOwn: false };
  const state = partsState(path, Manifest.read(keeping.stateFolder, path), keeping.pattern);
  return {
    ...state,
    // If a run was killed just before it rotated a file, the part is recorded but does not exist.
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
  // The file that existed before the run is elsewhere, with the run's content in it.
  const isElsewhere = keeping.stateFolder === undefined && outputState(path, begin).kind === 'replaced';
  return { truncateTo: isElsewhere ? { ...begin, offset: 0 } : begin, writtenTo: position };
}

/** Nothing was ever written, or the target has no positions. */
function isStart({ part, offset }: FilePosition): boolean {
  return part === 1 && offset === 0;
}

function isSamePosition(one: FilePosition, other: FilePosition): boolean {
  return one.part === other.part && one.offset === other.offset;
}
