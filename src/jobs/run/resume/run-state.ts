import type { FilePosition } from '../../../sinks/index.js';
import { placeOf, type InputMark, type InputReached } from '../../../sources/place/index.js';
import type { KnownState } from '../../../pipeline/index.js';
import type { StagePart } from '../../stage-parts.js';
import {
  FILE_START,
  keyedRecord,
  type CutPoint,
  type FileRecord,
  type InputBefore,
  type InputRecord,
  type RunCheckpoint,
} from './checkpoint.js';
import type { Decision } from './decide.js';
import type { GivenInput } from './given-input.js';
import type { Target } from './targets.js';

/** How far a run has got. Immutable and cheap to create; a checkpoint is made only of the one that is stored. */
export interface Reached {
  readonly inputs: readonly InputSoFar[];
  readonly points: readonly PointSoFar[];
  /** See {@link RunCheckpoint.failed}. */
  readonly failed: number | undefined;
  /** The state of the stages. */
  readonly state: KnownState | undefined;
}

type InputSoFar = InputRecord | (Pick<InputRecord, 'path' | 'format'> & { readonly at: InputReached });

interface PointSoFar extends Pick<CutPoint, 'input' | 'positions' | 'failed'> {
  readonly undo: readonly { readonly input: number; readonly record: InputSoFar }[];
}

interface WorkDone {
  readonly job: string;
  readonly stages: readonly StagePart[];
  readonly targets: readonly Target[];
  /** The outputs that have a file per key. */
  readonly keyed: readonly Target[];
  readonly given: readonly GivenInput[];
}

/** Tracks the contents of a checkpoint during a run. */
export class RunState {
  #reached: Reached;
  /** Where the files ended when everything before the current block was written. */
  #positions: readonly FilePosition[];
  /** Failed events of blocks behind what is reached. */
  #failing = 0;
  readonly #begins: FilePosition[];
  readonly #targets: Target[];

  readonly #work: WorkDone;

  /** @param positions the positions of the files, opened and truncated */
  constructor(work: WorkDone, { checkpoint, starts }: Decision, positions: readonly FilePosition[]) {
    const { targets, given } = work;
    this.#work = work;
    this.#targets = [...targets];
    const inputs: InputRecord[] = [...(checkpoint?.inputs ?? [])];
    this.records = starts.map(({ record }, at) => {
      const { path = '', format } = given[at] ?? {};
      if (record === undefined) return inputs.push({ path, ...(format && { format }), finished: false }) - 1;
      const before = inputs[record];
      // The file may have been found under another name.
      if (before !== undefined) inputs[record] = { ...present(before), path };
      return record;
    });
    const found = new Set(this.records);
    for (const [at, input] of inputs.entries()) {
      if (found.has(at)) continue;
      const isTaken = input.absence === 'renamed-away' || given.some(({ path }) => path === input.path);
      inputs[at] = { ...input, absence: isTaken ? 'renamed-away' : 'left-out' };
    }
    const recordOf = ({ path }: Target): number => checkpoint?.files.findIndex((file) => file.path === path) ?? -1;
    // A position without a mark is as old as this run.
    this.#begins = targets.map((target, at) => {
      const begin = checkpoint?.files[recordOf(target)]?.begin;
      return begin?.mark === undefined ? positionAt(positions, at) : begin;
    });
    const points = (checkpoint?.points ?? []).map((point) => ({
      ...point,
      positions: targets.map((target, at) => point.positions[recordOf(target)] ?? positionAt(this.#begins, at)),
    }));
    const failed = checkpoint === undefined ? 0 : checkpoint.failed;
    this.#reached = { inputs, points, failed, state: checkpoint?.state };
    this.#positions = positions;
  }

  /** For each input of the run, its index among those of the checkpoint. */
  readonly records: readonly number[];

  get now(): Reached {
    return this.#reached;
  }

  /** Records that the state of the stages has changed. @param folder where it is kept @returns its new version */
  change(folder: string): number {
    const version = (this.#reached.state?.version ?? 0) + 1;
    this.#reached = { ...this.#reached, state: { folder, version } };
    return version;
  }

  /** Records that no stage keeps state any more. */
  forget(): void {
    this.#reached = { ...this.#reached, state: undefined };
  }

  /** The files, in the order of their positions. */
  get targets(): readonly Target[] {
    return this.#targets;
  }

  /** Adds a new file of an output with many files. */
  add(target: Target, begin: FilePosition): void {
    this.#targets.push(target);
    this.#begins.push(begin);
    this.#positions = [...this.#positions, begin];
  }

  /** Counts events of a block that failed or went to no output. Call this before {@link pass}. */
  fail(count: number): void {
    this.#failing += count;
  }

  /** Events that failed or went to no output, in this run and those before it; undefined: not known. */
  failedSoFar(): number | undefined {
    const { failed } = this.#reached;
    return failed === undefined ? undefined : failed + this.#failing;
  }

  /**
   * Records that a block's results are written.
   *
   * @param positions the current positions of the files
   */
  pass(at: InputReached, positions: readonly FilePosition[]): Reached {
    const { inputs, points, failed, state } = this.#reached;
    const before = inputs[at.input];
    const { path = '', format } = before ?? {};
    const isFirstEnd = at.end !== undefined && !hasEnd(before);
    const kept = before === undefined ? points : remembered(points, at.input, before);
    const pointsNow = isFirstEnd ? [...kept, { input: at.input, positions: this.#positions, failed, undo: [] }] : kept;
    this.#reached = {
      inputs: inputs.with(at.input, { path, ...(format && { format }), at }),
      points: pointsNow,
      failed: this.failedSoFar(),
      state,
    };
    this.#failing = 0;
    this.#positions = positions;
    return this.#reached;
  }

  /** The number of processed lines of all inputs. */
  linesDone(): number {
    return this.#reached.inputs.reduce((sum, input) => {
      const { place, end } = 'at' in input ? input.at : input;
      return sum + ((end ?? place)?.lines ?? 0);
    }, 0);
  }

  /** @param positions the positions of the files at that time */
  checkpointOf(
    { inputs, points, failed, state }: Reached,
    positions: readonly (FilePosition | undefined)[],
    ended: boolean,
  ): RunCheckpoint {
    const { job, stages, keyed } = this.#work;
    const begins = this.#begins;
    /** For a file that was created later, its first position. */
    const positionOr = (some: readonly (FilePosition | undefined)[], at: number): FilePosition =>
      some[at] ?? positionAt(begins, at);
    return {
      kind: 'checkpoint',
      job,
      stages,
      inputs: inputs.map(recordOf),
      files: [
        ...this.#targets.map(({ path, role, of }, at): FileRecord => ({
          path,
          role,
          begin: positionAt(begins, at),
          position: positionOr(positions, at),
          ...(of !== undefined && { of }),
        })),
        ...keyed.map(({ path }) => keyedRecord(path)),
      ],
      points: points.map((point) => ({
        ...point,
        positions: this.#targets.map((_, at) => positionOr(point.positions, at)),
        undo: point.undo.map(({ input, record }): InputBefore => ({ input, record: recordOf(record) })),
      })),
      failed,
      ended,
      ...(state !== undefined && { state }),
    };
  }
}

function positionAt(positions: readonly (FilePosition | undefined)[], at: number): FilePosition {
  return positions[at] ?? FILE_START;
}

/** Adds an input's record to the latest point, so that it can be restored. */
function remembered(points: readonly PointSoFar[], input: number, record: InputSoFar): readonly PointSoFar[] {
  const latest = points.at(-1);
  if (latest === undefined || latest.input === input || latest.undo.some((one) => one.input === input)) return points;
  return [...points.slice(0, -1), { ...latest, undo: [...latest.undo, { input, record }] }];
}

function present({ path, format, place, end, finished }: InputRecord): InputRecord {
  return { path, ...(format && { format }), ...(place && { place }), ...(end && { end }), finished };
}

function hasEnd(input: InputSoFar | undefined): boolean {
  return input !== undefined && ('at' in input ? input.at.end !== undefined : input.end !== undefined);
}

/** Cached, because hashing costs more than everything else here. */
const places = new WeakMap<InputMark, ReturnType<typeof placeOf>>();

function placeOnce(mark: InputMark): ReturnType<typeof placeOf> {
  const place = places.get(mark) ?? placeOf(mark);
  places.set(mark, place);
  return place;
}

function recordOf(input: InputSoFar): InputRecord {
  if (!('at' in input)) return input;
  const { path, format, at } = input;
  return {
    path,
    ...(format && { format }),
    place: placeOnce(at.place),
    ...(at.end && { end: placeOnce(at.end) }),
    finished: at.finished,
  };
}
