import { closeSync } from 'node:fs';
import { stateOfPlace, type FilePlace } from '../../../files/index.js';
import { openForReading, type Block } from '../../../sources/index.js';
import { StreamReader, type StreamState } from '../../../sources/place/index.js';
import type { InputRecord } from './checkpoint.js';
import type { GivenInput } from './given-input.js';

/** What became of an input since it was read, and the reader that found out, where there is one: it stands at the place. */
export interface JudgedInput {
  readonly state: StreamState;
  readonly reader?: StreamReader;
}

/**
 * Compares an input with what is known of it.
 *
 * @param isAtItsPlace whether it has the name that it had
 * @param onPassed given what is read past of a stream
 * @throws SourceError
 */
export async function judgeInput(
  { source, kind }: GivenInput,
  { place, end }: InputRecord,
  isAtItsPlace: boolean,
  signal: AbortSignal,
  onPassed?: (block: Block) => Promise<void>,
): Promise<JudgedInput> {
  if (place === undefined) return { state: { kind: 'good' } };
  if (kind === 'file') return { state: stateOfFile(source.name, place, end, isAtItsPlace) };
  const reader = new StreamReader(source, signal);
  // A stream is read past only now; the others are once more, when it is known how far they are done.
  return { state: await reader.readTo(place, end, kind === 'stream' ? onPassed : undefined), reader };
}

function stateOfFile(path: string, place: FilePlace, end: FilePlace | undefined, isAtItsPlace: boolean): StreamState {
  const fd = openForReading(path);
  try {
    const state = stateOfPlace(end ?? place, fd, { isAtItsPlace });
    if (state.kind !== 'good') return state;
    return { kind: end !== undefined && state.size > end.offset ? 'went-on' : 'good' };
  } finally {
    closeSync(fd);
  }
}
