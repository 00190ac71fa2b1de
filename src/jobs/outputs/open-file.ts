import { dirname } from 'node:path';
import { makeFolder } from '../../files/index.js';
import {
  fileSink,
  gzipSink,
  heldFileSink,
  refuseOtherHead,
  SinkError,
  type FileHold,
  type FileSink,
  type FileSinkOptions,
} from '../../sinks/index.js';

export interface OpenFileOptions extends FileSinkOptions {
  /** It is written compressed. */
  readonly packs?: boolean | undefined;
  /** What keeps other processes from it. Undefined: several may add to it. */
  readonly hold?: FileHold;
}

/**
 * Opens a file to write to, its folder made where it is missing.
 *
 * @throws SinkError, also when another process writes to it, or rows would be added below another header
 */
export async function openFile(path: string, { packs = false, ...options }: OpenFileOptions): Promise<FileSink> {
  const { head, mode } = options;
  if (head !== undefined && mode !== 'truncate' && !packs) refuseOtherHead(path, head.bytes);
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw new SinkError(path, 'open', error);
  }
  const { hold } = options;
  const open = packs ? gzipSink : fileSink;
  const sink = hold === undefined ? open(path, options) : await heldFileSink(path, { ...options, hold }, open);
  // Nothing at all is no compressed file.
  if (packs && sink.position().offset === 0) await sink.write(new Uint8Array(0));
  return sink;
}
