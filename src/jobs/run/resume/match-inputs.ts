import { closeSync } from 'node:fs';
import { hasCode, nodeFileSystem, packingOf, stateOfPlace } from '../../../files/index.js';
import type { StreamReader, StreamState } from '../../../sources/place/index.js';
import { STREAM, type InputRecord } from './checkpoint.js';
import type { GivenInput } from './given-input.js';
import { judgeInput, type JudgedInput } from './judge-input.js';
import type { Situation } from './situation.js';

/** An input of this run that the checkpoint knows. */
export interface KnownInput {
  /** Its index among the inputs of the checkpoint. */
  readonly record: number;
  readonly state: StreamState;
  /** A reader at the place, for an input that can't be entered there. */
  readonly reader?: StreamReader;
}

export interface MatchedInputs {
  /** One per input of this run; undefined: the input is unknown. */
  readonly known: readonly (KnownInput | undefined)[];
  /** The indexes of the checkpoint's inputs that are not among this run's. */
  readonly missing: readonly number[];
}

/** The most readers that stay open: other inputs are read up to the place again. */
const READERS_MAX = 8;

/**
 * Finds the inputs of a checkpoint among those of this run. A file is identified by what it is, not by its name; a name only
 * tells which file somebody has changed.
 *
 * @throws SourceError
 */
export async function matchInputs(
  situation: Pick<Situation, 'given' | 'onPassed'>,
  records: readonly InputRecord[],
  signal: AbortSignal,
): Promise<MatchedInputs> {
  const matching = new Matching(situation, records, signal);
  await matching.matchEach((input, before) => isNamed(input, before) && isSameNode(input, before), isGood);
  await matching.matchEach((input, before) => isSameNode(input, before), isGood);
  await matching.matchEach((input, before) => isNamed(input, before), isGood);
  // A copy of a file that still exists is a separate file.
  await matching.matchEach((_, before) => bytesDone(before) > 0 && !isThere(before), isGood);
  // An inode alone proves nothing: it may have belonged to a removed file.
  await matching.matchEach((input, before) => isSameNode(input, before), isSurelyChanged);
  await matching.matchEach(
    (input, before) => isNamed(input, before),
    () => true,
  );
  // Inputs that can't be read twice come last: by then it is known how far the others must be rolled back.
  await matching.matchStreams();
  return matching.result();
}

type Fits = (judged: JudgedInput, before: InputRecord) => boolean;

class Matching {
  readonly #known: (KnownInput | undefined)[];
  readonly #found = new Set<number>();
  readonly #longestFirst: readonly (readonly [number, InputRecord])[];
  #readers = 0;

  constructor(
    private readonly situation: Pick<Situation, 'given' | 'onPassed'>,
    private readonly records: readonly InputRecord[],
    private readonly signal: AbortSignal,
  ) {
    const { given } = situation;
    this.#known = given.map(() => undefined);
    this.#longestFirst = [...records.entries()].sort(([, a], [, b]) => bytesDone(b) - bytesDone(a));
  }

  /** Matches the remaining inputs and records for which both `isCandidate` and, after a comparison, `fits` hold. */
  async matchEach(isCandidate: (input: GivenInput, before: InputRecord) => boolean, fits: Fits): Promise<void> {
    for (const [record, before] of this.#longestFirst) {
      if (before.path === STREAM) continue;
      for (const [at, input] of this.situation.given.entries()) {
        if (this.#found.has(record)) break;
        if (this.#known[at] !== undefined || input.kind === 'stream' || !isCandidate(input, before)) continue;
        const isRelated = isNamed(input, before) || isSameNode(input, before);
        const judged = await judgeInput(input, before, isRelated, this.signal);
        if (fits(judged, before)) await this.#settle(at, record, judged);
        else await judged.reader?.close();
      }
    }
  }

  async matchStreams(): Promise<void> {
    const { given, onPassed } = this.situation;
    const streams = [...this.records.keys()].filter((record) => this.records[record]?.path === STREAM);
    for (const [at, input] of given.entries()) {
      const record = input.kind === 'stream' ? streams.shift() : undefined;
      const before = record === undefined ? undefined : this.records[record];
      if (record === undefined || before === undefined) continue;
      await this.#settle(at, record, await judgeInput(input, before, true, this.signal, onPassed));
    }
  }

  result(): MatchedInputs {
    return { known: this.#known, missing: [...this.records.keys()].filter((record) => !this.#found.has(record)) };
  }

  async #settle(at: number, record: number, { state, reader }: JudgedInput): Promise<void> {
    const keeps = reader !== undefined && (this.situation.given[at]?.kind === 'stream' || this.#readers < READERS_MAX);
    if (keeps) this.#readers += 1;
    else await reader?.close();
    this.#known[at] = { record, state, ...(keeps && { reader }) };
    this.#found.add(record);
  }
}

function isNamed({ path }: GivenInput, before: InputRecord): boolean {
  return before.path === path && before.absence !== 'renamed-away';
}

function isSameNode({ node }: GivenInput, { place }: InputRecord): boolean {
  return node !== undefined && place?.file.node === node;
}

function bytesDone({ place, end }: InputRecord): number {
  return (end ?? place)?.offset ?? 0;
}

function isGood({ state }: JudgedInput): boolean {
  return state.kind === 'good' || state.kind === 'went-on';
}

/** Whether the file begins as before but has changed further on. */
function isSurelyChanged({ state }: JudgedInput, { place }: InputRecord): boolean {
  const head = place?.file.head.bytes ?? 0;
  return head > 0 && (state.kind === 'edited' || (state.kind === 'cut' && state.size >= head));
}

/** Whether the recorded file still exists under its name. */
function isThere({ path, format, place, end, absence }: InputRecord): boolean {
  const at = end ?? place;
  if (at === undefined || absence === 'renamed-away') return false;
  const stats = nodeFileSystem.stat(path);
  if (stats === undefined || stats.kind !== 'file' || (at.file.node ?? stats.node) !== stats.node) return false;
  // Lines of a compressed or converted file have no place in the file itself.
  if (packingOf(path) !== undefined || format !== undefined) return true;
  let fd: number;
  try {
    fd = nodeFileSystem.open(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM')) return false;
    throw error;
  }
  try {
    return stateOfPlace(at, fd).kind === 'good';
  } finally {
    closeSync(fd);
  }
}
