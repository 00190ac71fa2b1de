import { promisify } from 'node:util';
import { GZIP_LEVEL, requireZstd, type Packing } from '../files/index.js';
import type { FileSink, FileSinkOptions } from './file-sink-options.js';
import { fileSink } from './file-sink.js';
import type { FileHead } from './formats/index.js';

/** Compresses bytes into a section of a compressed file that can be decompressed by itself. */
interface Packer {
  pack(bytes: Uint8Array): Promise<Uint8Array>;
  packNow(bytes: Uint8Array): Uint8Array;
}

/**
 * Opens a compressed file of lines. Each write is a gzip member or a zstd frame, so after a crash the file is truncated to the
 * end of one and continued there. An empty write makes one, too: a file without any would not be a compressed file.
 *
 * @throws SinkError when it can't be opened; Error when this version of Node does not support the compression
 */
export function packedSink(
  packing: Packing,
  path: string,
  { head, ...options }: Omit<FileSinkOptions, 'gzip' | 'keepsWhole'>,
): FileSink {
  const packer = packing === 'gzip' ? gzipPacker() : zstdPacker();
  const packed: FileHead | undefined = head && { ...head, bytes: packer.packNow(head.bytes) };
  const file = fileSink(path, { ...options, keepsWhole: true, ...(packed && { head: packed }) });
  return {
    ...file,
    async write(lines) {
      await file.write(await packer.pack(lines));
    },
  };
}

function gzipPacker(): Packer {
  const { gzip, gzipSync } = process.getBuiltinModule('node:zlib');
  const options = { level: GZIP_LEVEL };
  return {
    pack: (bytes) => promisify<Uint8Array, object, Buffer>(gzip)(bytes, options),
    packNow: (bytes) => gzipSync(bytes, options),
  };
}

function zstdPacker(): Packer {
  const { zstdCompress, zstdCompressSync, constants } = requireZstd();
  const options = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
  return {
    pack: (bytes) =>
      new Promise((resolve, reject) => {
        zstdCompress(bytes, options, (error, packed) => {
          if (error === null) resolve(packed);
          else reject(error);
        });
      }),
    packNow: (bytes) => zstdCompressSync(bytes, options),
  };
}
