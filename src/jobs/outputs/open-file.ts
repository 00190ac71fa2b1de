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
  /** It is written compressed. */
  readonly packing?: Packing | undefined;
  /** What keeps other processes from it. Undefined: several may add to it. */
  readonly hold?: FileHold;
}

/**
 * Opens a file to write to, its folder made where it is missing.
 *
 * @throws SinkError, also when another process writes to it, or rows would be added below another header
 */
export async function openFile(path: string, { packing, ...options }: OpenFileOptions): Promise<FileSink> {
  const { head, mode } = options;
  if (head !== undefined && mode !== 'truncate' && packing === undefined) refuseOtherHead(path, head.bytes);
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw new SinkError(path, 'open', error);
  }
  const { hold } = options;
  const open: typeof fileSink = packing === undefined ? fileSink : (...file) => packedSink(packing, ...file);
  const sink = hold === undefined ? open(path, options) : await heldFileSink(path, { ...options, hold }, open);
  // Nothing at all is no compressed file.
  if (packing !== undefined && sink.position().offset === 0) await sink.write(new Uint8Array(0));
  return sink;
}
