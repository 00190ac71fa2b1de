import { dirname } from 'node:path';
import { makeFolder } from '../../files/index.js';
import {
  fileSink,
  gzipSink,
  heldFileSink,
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

/** Opens a file to write to, its folder made where it is missing. @throws SinkError, also when another process writes to it */
export async function openFile(path: string, { packs = false, ...options }: OpenFileOptions): Promise<FileSink> {
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
