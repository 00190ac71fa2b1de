import { nodeFileSystem } from '../../../files/index.js';
import type { StreamReader, StreamState } from '../../../sources/place/index.js';
import { STREAM, type InputRecord } from './checkpoint.js';
import type { Situation } from './decide.js';
import { judgeInput, type JudgedInput } from './judge-input.js';

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
 * Finds the inputs of a checkpoint among those of this run: by name, and, where another file has the name, by what they are.
 *
 * @throws SourceError
 */
export async function matchInputs(
  { given, onPassed }: Pick<Situation, 'given' | 'onPassed'>,
  records: readonly InputRecord[],
  signal: AbortSignal,
): Promise<MatchedInputs> {
  const known: (KnownInput | undefined)[] = given.map(() => undefined);
  const found = new Set<number>();
  let readers = 0;

  const settle = async (at: number, record: number, { state, reader }: JudgedInput): Promise<void> => {
    const keeps = reader !== undefined && (given[at]?.kind === 'stream' || readers < READERS_MAX);
    if (keeps) readers += 1;
    else await reader?.close();
    known[at] = { record, state, ...(keeps && { reader }) };
    found.add(record);
  };

  const changed: { readonly at: number; readonly record: number; readonly judged: JudgedInput }[] = [];
  const byPath = recordsByPath(records);
  // What cannot be read twice comes last: until then it is known how far the others are to be taken back.
  const order = [...given.keys()].sort(
    (a, b) => Number(given[a]?.kind === 'stream') - Number(given[b]?.kind === 'stream'),
  );
  for (const at of order) {
    const input = given[at];
    const record = input && byPath.get(input.path)?.shift();
    const before = record === undefined ? undefined : records[record];
    if (input === undefined || record === undefined || before === undefined) continue;
    const judged = await judgeInput(input, before, true, signal, onPassed);
    if (isGood(judged) || input.kind === 'stream') await settle(at, record, judged);
    else changed.push({ at, record, judged });
  }

  for (const [record, before] of records.entries()) {
    if (found.has(record) || before.path === STREAM || before.place === undefined) continue;
    // A copy of a file that is still there is a file of its own; another name of it is not.
    const isThere = nodeFileSystem.stat(before.path) !== undefined && !changed.some((one) => one.record === record);
    for (const [at, input] of given.entries()) {
      if (known[at] !== undefined || input.kind === 'stream' || input.path === before.path) continue;
      if (isThere && nodeFileSystem.stat(input.path)?.node !== before.place.file.node) continue;
      const judged = await judgeInput(input, before, false, signal);
      if (isGood(judged) && (before.end ?? before.place).offset > 0) await settle(at, record, judged);
      else await judged.reader?.close();
      if (found.has(record)) break;
    }
  }

  for (const { at, record, judged } of changed) {
    if (known[at] === undefined && !found.has(record)) await settle(at, record, judged);
    else await judged.reader?.close();
  }
  return { known, missing: [...records.keys()].filter((record) => !found.has(record)) };
}

function isGood({ state }: JudgedInput): boolean {
  return state.kind === 'good' || state.kind === 'went-on';
}

/** The same file may be named twice: it is read twice then. */
function recordsByPath(records: readonly InputRecord[]): Map<string, number[]> {
  const byPath = new Map<string, number[]>();
  for (const [record, { path }] of records.entries()) byPath.set(path, [...(byPath.get(path) ?? []), record]);
  return byPath;
}
