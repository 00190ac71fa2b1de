import { promisify } from 'node:util';
import type { FileSink, FileSinkOptions } from './file-sink-options.js';
import { fileSink } from './file-sink.js';
import type { FileHead } from './formats/index.js';

/** The default level takes three times as long for ten percent fewer bytes. */
const GZIP_LEVEL = 3;

/**
 * A compressed file of lines. Each write is a gzip member: after a crash the file is truncated to the end of one, and continued
 * there. A write of no lines is a member, too: without any the file would not be a gzip file.
 *
 * @throws SinkError when it can't be opened
 */
export function gzipSink(path: string, options: Omit<FileSinkOptions, 'gzip' | 'keepsWhole'>): FileSink {
  const { head, ...rest } = options;
  const file = fileSink(path, { ...rest, keepsWhole: true, ...(head && { head: packedHead(head) }) });
  return {
    ...file,
    async write(lines) {
      const { gzip } = await import('node:zlib');
      await file.write(await promisify<Uint8Array, object, Buffer>(gzip)(lines, { level: GZIP_LEVEL }));
    },
  };
}

function packedHead({ bytes, breaksRows }: FileHead): FileHead {
  const { gzipSync } = process.getBuiltinModule('node:zlib');
  return { bytes: gzipSync(bytes, { level: GZIP_LEVEL }), breaksRows };
}
