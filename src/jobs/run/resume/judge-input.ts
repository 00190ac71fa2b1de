import { closeSync } from 'node:fs';
import { stateOfPlace, TELLING_BYTES_MIN, type FilePlace } from '../../../files/index.js';
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
 * @param isRelated whether its name or its inode says that it may be it: then a short beginning is enough
 * @param onPassed given what is read past of a stream
 * @throws SourceError
 */
export async function judgeInput(
  { source, kind, node, format }: GivenInput,
  { place, end }: InputRecord,
  isRelated: boolean,
  signal: AbortSignal,
  onPassed?: (block: Block) => Promise<void>,
): Promise<JudgedInput> {
  if (place === undefined) return { state: { kind: 'good' } };
  if (kind === 'file') return { state: stateOfFile(source.name, place, end, isRelated) };
  if (!isRelated && place.file.head.bytes < TELLING_BYTES_MIN) return { state: { kind: 'other' } };
  const reader = new StreamReader(source, signal, node);
  // A stream is read past only now; the others are once more, when it is known how far they are done.
  const passing = kind === 'stream' ? { ...(onPassed && { onPassed }) } : { givesUp: true };
  return { state: await reader.readTo(place, end, { ...passing, endMayChange: format !== undefined }), reader };
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
