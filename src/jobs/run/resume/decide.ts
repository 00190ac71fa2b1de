import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { FilePosition, FileSinkOptions } from '../../../sinks/index.js';
import type { StreamReader } from '../../../sources/place/index.js';
import { refuseChangedParts } from '../own-parts.js';
import { changedParts } from '../../stage-parts.js';
import {
  FILE_START,
  keyedRecord,
  STREAM,
  type FileRecord,
  type InputRecord,
  type RunCheckpoint,
} from './checkpoint.js';
import type { GivenInput } from './given-input.js';
import { judgeTargets, type JudgedTarget } from './judge-targets.js';
import { matchInputs, type KnownInput, type MatchedInputs } from './match-inputs.js';
import { hasContent } from './has-content.js';
import type { Situation } from './situation.js';
import { cannotStartOver, inputDifference, missingInput, refusal, unknownOutput } from './refusal.js';
import { obstacles, pointToTakeBack, takenBack } from './take-back.js';
import type { Target } from './targets.js';
import { whereNow } from './where-now.js';

/** How to start: where each input is entered, and how each file is opened. */
export interface Decision {
  /** The checkpoint to continue from; undefined: the work starts. */
  readonly checkpoint: RunCheckpoint | undefined;
  /** The checkpoint that is stored before anything is changed: after a crash, the next run continues from it. */
  readonly stored: RunCheckpoint;
  readonly starts: readonly InputStart[];
  /** One per target. */
  readonly modes: readonly FileSinkOptions['mode'][];
  /** Files that were renamed, and where the content that stays in them ends. */
  readonly renamed: readonly { readonly path: string; readonly position: FilePosition; readonly cutsBack: boolean }[];
  /** Messages for the user. */
  readonly notices: readonly string[];
}

/** Where reading an input starts. */
export interface InputStart {
  /** The index of its record in the checkpoint; undefined: the input is unknown. */
  readonly record?: number;
  /** Whether its last line is processed and nothing was added since: then it is not read. */
  readonly isDone?: boolean;
  /** A reader that is already at the place. */
  readonly reader?: StreamReader;
  /** The number of lines to skip in an input that was changed but is continued all the same. */
  readonly linesToSkip?: number;
}

/**
 * The decision for new work, without a checkpoint.
 *
 * @param stateFolder for messages
 * @throws JobError when content of the outputs would be lost or written twice
 */
export function beginning(
  situation: Situation,
  { isForced, stateFolder }: { isForced: boolean; stateFolder: string },
): Decision {
  const { targets, keyed, given, stages } = situation;
  const full = [...targets, ...keyed].filter(({ role, plan }) => role === 'output' && !isForced && hasContent(plan));
  if (full.length > 0) throw unknownOutput(full, stateFolder);
  for (const { plan } of targets) refuseChangedParts(plan);
  const files = [...targets.map(startOf), ...keyed.map(({ path }) => keyedRecord(path))];
  return {
    checkpoint: undefined,
    stored: {
      kind: 'checkpoint',
      job: randomUUID(),
      stages,
      inputs: [],
      files,
      points: [],
      failed: 0,
      ended: false,
      startsOver: true,
    },
    starts: given.map(() => ({})),
    modes: targets.map(({ plan }) => plan.mode),
    renamed: [],
    notices: [],
  };
}

function startOf({ path, role }: Target): FileRecord {
  return { path, role, begin: FILE_START, position: FILE_START };
}

/**
 * The decision to process everything again: the earlier results are removed first, but nothing that belongs to others.
 *
 * @throws JobError when they can't be removed
 */
export function again(
  { targets, keyed, given }: Situation,
  checkpoint: RunCheckpoint,
  files: readonly JudgedTarget[],
  notices: readonly string[],
): Decision {
  const kept = files.filter(({ target, modeAgain }) => target.role === 'output' && modeAgain === undefined);
  if (kept.length > 0) throw cannotStartOver(kept);
  const known = checkpoint.files.filter(({ path }) => files.some(({ target }) => target.path === path));
  const added = targets.filter(({ path }) => known.every((file) => file.path !== path));
  const all = [...known, ...added.map(startOf), ...keyed.map(({ path }) => keyedRecord(path))];
  const anew = { ...checkpoint, inputs: [], points: [], failed: 0, ended: false };
  return {
    checkpoint: { ...anew, files: [] },
    stored: { ...anew, files: all, startsOver: true },
    starts: given.map(() => ({})),
    modes: files.map(({ modeAgain }) => modeAgain ?? 'append'),
    renamed: [],
    notices,
  };
}

/**
 * Compares the inputs, outputs and stages with a checkpoint. Outputs come first: if they are gone, no input needs to be read.
 *
 * @throws JobError when they have changed so that continuing would lose or duplicate lines; SourceError
 */
export async function decide(situation: Situation, checkpoint: RunCheckpoint, signal: AbortSignal): Promise<Decision> {
  const { targets, keyed, given, stages, isForced } = situation;
  const output = [...targets, ...keyed][0]?.plan.path ?? '';
  const files = judgeTargets(targets, checkpoint);
  const ofFiles = [...files.flatMap(({ difference }) => difference ?? []), ...lettersElsewhere(targets, checkpoint)];
  const lost = files.filter(({ isLost }) => isLost).map(({ target }) => target.plan.path);
  if (lost.length > 0 && !isForced) {
    const kept = files.filter(({ modeAgain }) => modeAgain === undefined).map(({ target }) => target.plan.path);
    if (kept.length > 0) ofFiles.push(`${lost.join(', ')} is gone, and ${kept.join(', ')} cannot be taken back`);
    if (ofFiles.length > 0) throw refusal(output, ofFiles);
    return again(situation, checkpoint, files, [`${lost.join(', ')} is gone: everything is done again`]);
  }

  const matched = await matchInputs(situation, checkpoint.inputs, signal);
  const point = pointToTakeBack(checkpoint, matched.known);
  const changed = changedParts(checkpoint.stages, stages);
  const from = point === undefined ? checkpoint : takenBack(checkpoint, point);
  const differences = [
    ...(changed.length > 0 ? [`the stages changed (${changed.join(', ')})`] : []),
    ...(await inputDifferences(situation, checkpoint, matched, signal)),
    ...ofFiles,
    ...(point !== undefined && checkpoint.state !== undefined
      ? ['a last line went on, and what the stages know of it cannot be taken back']
      : []),
    ...(point === undefined ? [] : obstacles({ given, matched, checkpoint, from, files })),
  ];
  if (differences.length > 0 && !isForced) {
    for (const one of matched.known) await one?.reader?.close();
    throw refusal(output, differences, leftOutByForce(given, checkpoint, matched));
  }
  return {
    checkpoint: from,
    // Describes the files as they are about to be.
    stored: { ...from, ended: false },
    starts: await startsOf(given, matched.known, from),
    modes: files.map((file) => {
      const record = from.files.find(({ path }) => path === file.target.path);
      return file.modeFrom(record?.position);
    }),
    renamed: files.flatMap(({ target, renamed }) => {
      const record = from.files.find(({ path }) => path === target.path);
      return renamed && record ? [{ path: target.plan.path, position: record.position, ...renamed }] : [];
    }),
    notices: [
      ...differences.map((difference) => `${difference}; it goes on all the same`),
      ...files.flatMap((file) => file.notices),
      ...matched.missing.flatMap((record) => noticeOfMissing(checkpoint.inputs[record], given)),
    ],
  };
}

async function inputDifferences(
  { given, lineBytesMax }: Situation,
  { inputs }: RunCheckpoint,
  { known, missing }: MatchedInputs,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const renamed = async (record: InputRecord, what: (name: string) => string): Promise<string> => {
    const name = await whereNow(record, lineBytesMax, signal);
    return name === undefined ? '' : `; ${basename(record.path)} is now ${name}: name ${what(name)}`;
  };
  const differences: string[] = [];
  for (const [at, one] of known.entries()) {
    const record = one && inputs[one.record];
    if (one === undefined || record === undefined) continue;
    const input = given[at];
    const difference = inputDifference(input?.source.name ?? '', record, one.state, input?.format);
    if (difference === undefined) continue;
    const now = one.state.kind === 'other' ? await renamed(record, (name) => `both, ${name} first`) : '';
    differences.push(difference + now);
  }
  const isBegun = ({ place, end }: InputRecord): boolean => ((end ?? place)?.offset ?? 0) > 0;
  const done = missing.flatMap((record) => inputs[record] ?? []).filter(isBegun);
  const isNoneKnown = known.every((one) => one === undefined);
  if (done.length > 0 && done.length === inputs.filter(isBegun).length && isNoneKnown) {
    return [`it was made of ${done.map(({ path }) => nameOf(path)).join(', ')}, and none of that is among the inputs`];
  }
  for (const record of done) {
    const difference = missingInput(record);
    if (difference !== undefined) differences.push(difference + (await renamed(record, () => 'that')));
  }
  return differences;
}

/** The lines of changed inputs that would not be read if the run continued. */
function leftOutByForce(
  given: readonly GivenInput[],
  { inputs }: RunCheckpoint,
  { known }: MatchedInputs,
): readonly string[] {
  return known.flatMap((one, at) => {
    if (one === undefined || one.state.kind === 'good' || one.state.kind === 'went-on') return [];
    const { place, end } = inputs[one.record] ?? {};
    return [`the first ${(end ?? place)?.lines ?? 0} lines of ${nameOf(given[at]?.source.name ?? '')}`];
  });
}

function noticeOfMissing(record: InputRecord | undefined, given: readonly GivenInput[]): readonly string[] {
  const lines = (record?.end ?? record?.place)?.lines ?? 0;
  // Reported only once.
  if (record === undefined || lines === 0 || record.absence !== undefined) return [];
  const isOther = given.some(({ path }) => path === record.path);
  const name = isOther ? `what was ${record.path}` : nameOf(record.path);
  return [`${name} is not among the inputs any more; its ${lines} lines are done and stay`];
}

/** Former dead-letter files that are no longer used: letters in them could not be removed. */
function lettersElsewhere(targets: readonly Target[], { files }: RunCheckpoint): readonly string[] {
  return files.flatMap(({ path, role, begin, position }) => {
    const isEmpty = begin.part === position.part && begin.offset === position.offset;
    const isOurs = targets.some((target) => target.path === path);
    return role === 'output' || isEmpty || isOurs ? [] : [`its failed events went to ${path}`];
  });
}

async function startsOf(
  given: readonly GivenInput[],
  known: readonly (KnownInput | undefined)[],
  from: RunCheckpoint,
): Promise<readonly InputStart[]> {
  const starts: InputStart[] = [];
  for (const [at, one] of known.entries()) {
    const record = one && from.inputs[one.record];
    if (one === undefined || record === undefined) {
      starts.push({});
      continue;
    }
    const { reader, state } = one;
    const isStream = given[at]?.kind === 'stream';
    const isChanged = state.kind !== 'good' && state.kind !== 'went-on';
    if (record.end !== undefined && !isChanged) {
      await reader?.close();
      starts.push({ record: one.record, isDone: true });
      continue;
    }
    const isAtPlace = reader?.mark.offset === record.place?.offset && !isChanged;
    if (reader !== undefined && !isStream && !isAtPlace) await reader.close();
    const skips = isChanged && !isStream ? { linesToSkip: (record.end ?? record.place)?.lines ?? 0 } : {};
    starts.push({ record: one.record, ...(reader && (isStream || isAtPlace) && { reader }), ...skips });
  }
  return starts;
}

function nameOf(path: string): string {
  return path === STREAM ? 'standard input' : path;
}
