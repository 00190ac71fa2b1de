import { closeSync } from 'node:fs';
import { hasCode, nodeFileSystem, packingOf, stateOfPlace } from '../../../files/index.js';
import type { StreamReader, StreamState } from '../../../sources/place/index.js';
import { STREAM, type InputRecord } from './checkpoint.js';
import type { GivenInput } from './given-input.js';
import { judgeInput, type JudgedInput } from './judge-input.js';
import type { Situation } from './situation.js';

/** An input that is known, and is among those of this run. */
export interface KnownInput {
  /** Its place among the inputs of the checkpoint. */
  readonly record: number;
  readonly state: StreamState;
  /** Stands at the place, for an input that is not entered there. */
  readonly reader?: StreamReader;
}

export interface MatchedInputs {
  /** For each input of this run; undefined: nothing is known of it. */
  readonly known: readonly (KnownInput | undefined)[];
  /** Those of the checkpoint that are not among them, by their places there. */
  readonly missing: readonly number[];
}

/** Readers that are kept open: the others are read up to the place once more. */
const READERS_MAX = 8;

/**
 * Finds the inputs of a checkpoint among those of this run: what a file is decides, never what it is called. A name tells only
 * which file somebody has changed.
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
  // A copy of a file that is still there is a file of its own.
  await matching.matchEach((_, before) => bytesDone(before) > 0 && !isThere(before), isGood);
  // Of an inode alone nothing follows: it may be that of a removed file.
  await matching.matchEach((input, before) => isSameNode(input, before), isSurelyChanged);
  await matching.matchEach(
    (input, before) => isNamed(input, before),
    () => true,
  );
  // What cannot be read twice comes last: by then it is known how far the others are to be taken back.
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

  /** Matches what is still open, where both this and what the comparison comes to say so. */
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

/** It begins as it did, and what follows is not as it was. */
function isSurelyChanged({ state }: JudgedInput, { place }: InputRecord): boolean {
  const head = place?.file.head.bytes ?? 0;
  return head > 0 && (state.kind === 'edited' || (state.kind === 'cut' && state.size >= head));
}

/** Whether a file has the name that it had, and is it. */
function isThere({ path, format, place, end, absence }: InputRecord): boolean {
  const at = end ?? place;
  if (at === undefined || absence === 'renamed-away') return false;
  const stats = nodeFileSystem.stat(path);
  if (stats === undefined || stats.kind !== 'file' || (at.file.node ?? stats.node) !== stats.node) return false;
  // What comes out of a compressed file, or is made of it, has no place in it.
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
