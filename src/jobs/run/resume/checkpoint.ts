import { parsePlace, type FilePlace } from '../../../files/index.js';
import { parseKnownState, type KnownState } from '../../../pipeline/index.js';
import { parseFilePosition, type FilePosition } from '../../../sinks/index.js';
import type { StagePart } from '../../stage-parts.js';

/** How far a run got: its inputs, the state of its outputs, and its stages. JSON. */
export interface RunCheckpoint {
  readonly kind: 'checkpoint';
  /** Identifies the work from start to end, across all runs that continue it. */
  readonly job: string;
  /** Hashes of everything that shapes the results, by part. */
  readonly stages: readonly StagePart[];
  readonly inputs: readonly InputRecord[];
  /** The outputs and the dead-letter file. */
  readonly files: readonly FileRecord[];
  /** The points at which unfinished last lines were processed, in order. */
  readonly points: readonly CutPoint[];
  /** Events that failed or went to no output so far; undefined: not known, an older version kept it. */
  readonly failed?: number | undefined;
  /** Whether the run wrote nothing behind this checkpoint. */
  readonly ended: boolean;
  /** The state of the stages; absent: none. */
  readonly state?: KnownState;
  /** Everything is to be processed from the start; remaining results of earlier runs still have to be removed. */
  readonly startsOver?: true;
}

/** An input, and how far it was processed. */
export interface InputRecord {
  /** The resolved path, or {@link STREAM}. */
  readonly path: string;
  /** Its format, if not lines of JSON: then places refer to the lines that it is converted to. */
  readonly format?: string;
  /** The place behind the last whole line; undefined: nothing of the input is processed. */
  readonly place?: FilePlace;
  /** The place behind a last line without a newline, if that is processed, too. */
  readonly end?: FilePlace;
  /** Whether the input was read to its end. */
  readonly finished: boolean;
  /**
   * `left-out`: the last run was not given this input; `renamed-away`: and another file has its name by now, so the name no
   * longer identifies it.
   */
  readonly absence?: Absence;
}

export type Absence = 'left-out' | 'renamed-away';

/** Stands for the path of an input that has no lasting one: standard input, or a pipe. */
export const STREAM = '-';

/** A file that the run writes to. */
export interface FileRecord {
  /** The resolved path. */
  readonly path: string;
  readonly role: 'output' | 'dead-letters';
  /** The record stands for all files of an output that has a file per key; the checkpoint lists these files, too. */
  readonly keyed?: true;
  /** For a file of such an output, the path of that output. */
  readonly of?: string;
  /** Where the first line of the work was written. */
  readonly begin: FilePosition;
  readonly position: FilePosition;
}

/**
 * The moment before the unfinished last line of an input was processed. If that line grows later, everything is rolled back to
 * this moment.
 */
export interface CutPoint {
  /** The input's index among the inputs of the checkpoint. */
  readonly input: number;
  /** For each file of the checkpoint, where it ended. */
  readonly positions: readonly FilePosition[];
  /** Events that had failed or gone to no output. */
  readonly failed?: number | undefined;
  /** The earlier records of the inputs that were read further since then, up to the next point. */
  readonly undo: readonly InputBefore[];
}

export interface InputBefore {
  readonly input: number;
  readonly record: InputRecord;
}

/** Marks an output of work with several outputs, whose checkpoint is stored under another output's name. */
export interface PartOf {
  readonly kind: 'part';
  readonly job: string;
  /** The output under whose name the checkpoint is stored. */
  readonly main: string;
}

/** Parses what was stored for an output; undefined if the value is neither. */
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
  const failed = parseCount(value['failed']);
  return { kind, job, stages, inputs, files, points, failed, ended, ...(state && { state }), ...startsOver };
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

/** The record of an output that has a file per key. */
export function keyedRecord(path: string): FileRecord {
  return { path, role: 'output', keyed: true, begin: FILE_START, position: FILE_START };
}

/** The position at which nothing is written yet. */
export const FILE_START: FilePosition = { part: 1, offset: 0 };

function parsePoint(value: unknown): CutPoint | undefined {
  if (!isObject(value) || typeof value['input'] !== 'number') return undefined;
  const positions = allOf(value['positions'], parseFilePosition);
  const undo = allOf(value['undo'], parseBefore);
  const failed = parseCount(value['failed']);
  return positions && undo && { input: value['input'], positions, failed, undo };
}

function parseCount(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
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
