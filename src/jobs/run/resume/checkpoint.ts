import { parsePlace, type FilePlace } from '../../../files/index.js';
import { parseKnownState, type KnownState } from '../../../pipeline/index.js';
import { parseFilePosition, type FilePosition } from '../../../sinks/index.js';
import type { StagePart } from '../../stage-parts.js';

/** How far a run came: its inputs, its outputs as they were then, and what its stages were. JSON. */
export interface RunCheckpoint {
  readonly kind: 'checkpoint';
  /** Names the work from its start to its end, over all runs that go on with it. */
  readonly job: string;
  /** What shapes the results, by part, as hashes. */
  readonly stages: readonly StagePart[];
  readonly inputs: readonly InputRecord[];
  /** The outputs, and the file of the dead letters. */
  readonly files: readonly FileRecord[];
  /** Where unfinished last lines were done, in the order in which that was. */
  readonly points: readonly CutPoint[];
  /** Who made it wrote nothing behind it. */
  readonly ended: boolean;
  /** What its stages know of the events before; absent: nothing. */
  readonly state?: KnownState;
  /** Everything is to be done from the start: of what was done of it before, as much as is left is still to be taken back. */
  readonly startsOver?: true;
}

/** An input, and how far it is done. */
export interface InputRecord {
  /** What it leads to, or {@link STREAM}. */
  readonly path: string;
  /** Its format, where that is not lines of JSON: its places are among the lines that are made of it. */
  readonly format?: string;
  /** Behind the last whole line; undefined: nothing of it is done. */
  readonly place?: FilePlace;
  /** Behind the last line that has no newline, when that is done too. */
  readonly end?: FilePlace;
  /** It was read to its end. */
  readonly finished: boolean;
  /**
   * The last run was not given it: `left-out`; and another file has its name by then: `renamed-away`, so that who has the name
   * is none of it.
   */
  readonly absence?: Absence;
}

export type Absence = 'left-out' | 'renamed-away';

/** The path of what has none that would be the same in the next run: standard input, a pipe. */
export const STREAM = '-';

/** A file that the run writes to. */
export interface FileRecord {
  /** What it leads to. */
  readonly path: string;
  readonly role: 'output' | 'dead-letters';
  /** It stands for all files of an output that has a file per key: they are files of the checkpoint too. */
  readonly keyed?: true;
  /** It is one of the files of such an output: the path of that. */
  readonly of?: string;
  /** Where the work's first line went. */
  readonly begin: FilePosition;
  readonly position: FilePosition;
}

/**
 * The moment before the unfinished last line of an input was done: when the line goes on later, everything is taken back to
 * that moment.
 */
export interface CutPoint {
  /** Its place among the inputs of the checkpoint. */
  readonly input: number;
  /** For each file of the checkpoint where it ended. */
  readonly positions: readonly FilePosition[];
  /** The inputs that were read on since, up to the next point, as they were then. */
  readonly undo: readonly InputBefore[];
}

export interface InputBefore {
  readonly input: number;
  readonly record: InputRecord;
}

/** Says that a file belongs to the checkpoint of a work with several outputs, which is kept under another name. */
export interface PartOf {
  readonly kind: 'part';
  readonly job: string;
  /** The output whose name the checkpoint is kept under. */
  readonly main: string;
}

/** Reads what was stored for an output; undefined when it is neither. */
export function parseRecord(value: unknown): RunCheckpoint | PartOf | undefined {
  if (!isObject(value) || typeof value['job'] !== 'string') return undefined;
  const { kind, job, main } = value;
  if (kind === 'part') return typeof main === 'string' ? { kind, job, main } : undefined;
  if (kind !== 'checkpoint') return undefined;
  const stages = allOf(value['stages'], parseStagePart);
  const inputs = allOf(value['inputs'], parseInput);
  const files = allOf(value['files'], parseFile);
  const points = allOf(value['points'], parsePoint);
  if (stages === undefined || inputs === undefined || files === undefined || points === undefined) return undefined;
  const startsOver = value['startsOver'] === true && ({ startsOver: true } as const);
  const state = parseKnownState(value['state']);
  const ended = value['ended'] === true;
  return { kind, job, stages, inputs, files, points, ended, ...(state && { state }), ...startsOver };
}

function parseStagePart(value: unknown): StagePart | undefined {
  const [name, hash] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return typeof name === 'string' && typeof hash === 'string' ? [name, hash] : undefined;
}

function parseInput(value: unknown): InputRecord | undefined {
  if (!isObject(value) || typeof value['path'] !== 'string') return undefined;
  const { path, format, finished, absence } = value;
  const place = parsePlace(value['place']);
  const end = parsePlace(value['end']);
  return {
    path,
    ...(typeof format === 'string' && { format }),
    ...(place && { place }),
    ...(end && { end }),
    finished: finished === true,
    ...((absence === 'left-out' || absence === 'renamed-away') && { absence }),
  };
}

function parseFile(value: unknown): FileRecord | undefined {
  if (!isObject(value) || typeof value['path'] !== 'string') return undefined;
  const { path, role, keyed, of } = value;
  const begin = parseFilePosition(value['begin']);
  const position = parseFilePosition(value['position']);
  if (begin === undefined || position === undefined || (role !== 'output' && role !== 'dead-letters')) return undefined;
  return { path, role, begin, position, ...(keyed === true && { keyed }), ...(typeof of === 'string' && { of }) };
}

/** What stands in a checkpoint for an output that has a file per key. */
export function keyedRecord(path: string): FileRecord {
  return { path, role: 'output', keyed: true, begin: FILE_START, position: FILE_START };
}

/** Where nothing is written yet. */
export const FILE_START: FilePosition = { part: 1, offset: 0 };

function parsePoint(value: unknown): CutPoint | undefined {
  if (!isObject(value) || typeof value['input'] !== 'number') return undefined;
  const positions = allOf(value['positions'], parseFilePosition);
  const undo = allOf(value['undo'], parseBefore);
  return positions && undo && { input: value['input'], positions, undo };
}

function parseBefore(value: unknown): InputBefore | undefined {
  if (!isObject(value) || typeof value['input'] !== 'number') return undefined;
  const record = parseInput(value['record']);
  return record && { input: value['input'], record };
}

function allOf<T>(value: unknown, parse: (one: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const parsed = (value as readonly unknown[]).map(parse);
  return parsed.every((one) => one !== undefined) ? parsed : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
