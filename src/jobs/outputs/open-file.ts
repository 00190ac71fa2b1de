import { dirname } from 'node:path';
import { makeFolder, type Packing } from '../../files/index.js';
import {
  fileSink,
  packedSink,
  heldFileSink,
  refuseOtherHead,
  SinkError,
  type FileHold,
  type FileSink,
  type FileSinkOptions,
} from '../../sinks/index.js';

export interface OpenFileOptions extends FileSinkOptions {
  /** How the file is compressed, if it is. */
  readonly packing?: Packing | undefined;
  /** Keeps other processes from the file. Undefined: several may append to it. */
  readonly hold?: FileHold;
}

/**
 * Opens a file for writing, and creates its folder if it is missing.
 *
 * @throws SinkError, also when another process writes to it, or rows would be appended below a different header
 */
export async function openFile(path: string, { packing, ...options }: OpenFileOptions): Promise<FileSink> {
  const { head, mode, keys } = options;
  if (head !== undefined && mode !== 'truncate' && packing === undefined) refuseOtherHead(path, head.bytes, keys);
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw new SinkError(path, 'open', error);
  }
  const { hold } = options;
  const open: typeof fileSink = packing === undefined ? fileSink : (...file) => packedSink(packing, ...file);
  const sink = hold === undefined ? open(path, options) : await heldFileSink(path, { ...options, hold }, open);
  // An empty file is not a valid compressed file.
  if (packing !== undefined && sink.position().offset === 0) await sink.write(new Uint8Array(0));
  return sink;
}
