import type { Transform } from 'node:stream';

/** The part of node:zlib that is used here and that only newer versions of Node have. */
export interface Zstd {
  readonly createZstdDecompress: (options: {
    readonly chunkSize: number;
  }) => Transform & { readonly bytesWritten: number };
  readonly zstdCompress: (
    bytes: Uint8Array,
    options: ZstdOptions,
    callback: (error: Error | null, packed: Buffer) => void,
  ) => void;
  readonly zstdCompressSync: (bytes: Uint8Array, options: ZstdOptions) => Buffer;
  readonly constants: { readonly ZSTD_c_checksumFlag: number };
}

interface ZstdOptions {
  readonly params: Readonly<Record<number, number>>;
}

/** Whether this version of Node has zstd. */
export function hasZstd(): boolean {
  return 'createZstdDecompress' in process.getBuiltinModule('node:zlib');
}

/** @throws Error if this version of Node has no zstd */
export function requireZstd(): Zstd {
  if (!hasZstd()) throw new Error(`zstd needs Node 22.15, or 23.8, or later, and this is ${process.version}`);
  return process.getBuiltinModule('node:zlib') as unknown as Zstd;
}
