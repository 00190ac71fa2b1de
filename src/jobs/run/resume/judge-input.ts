import { closeSync } from 'node:fs';
import { stateOfPlace, TELLING_BYTES_MIN, type FilePlace } from '../../../files/index.js';
import { openForReading, type Block } from '../../../sources/index.js';
import { StreamReader, type StreamState } from '../../../sources/place/index.js';
import type { InputRecord } from './checkpoint.js';
import type { GivenInput } from './given-input.js';

/** What became of an input since it was read, and the reader that found this out, if any: it is at the place. */
export interface JudgedInput {
  readonly state: StreamState;
  readonly reader?: StreamReader;
}

/**
 * Compares an input with its record.
 *
 * @param isRelated whether its name or inode matches the record: then a short beginning is enough
 * @param onPassed receives the blocks of a stream before the place
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
  // The start of a stream can be passed only now; other inputs are passed again once it is known how far they are processed.
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
