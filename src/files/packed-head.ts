import { FINGERPRINT_BYTES_MAX } from './fingerprint.js';

/** Bytes read of a gzip file to see how its content begins: even poorly compressed, they are enough for a whole fingerprint. */
export const PACKED_HEAD_BYTES = 4 * FINGERPRINT_BYTES_MAX;

/**
 * The beginning of a gzip file's content, as much as a fingerprint needs.
 *
 * @param start the first bytes of the file, at most {@link PACKED_HEAD_BYTES}
 * @throws an error of zlib if the data is not gzip
 */
export function packedHead(start: Uint8Array): Buffer {
  // Most runs read no compressed file and should not load the module.
  const { gunzipSync, constants } = process.getBuiltinModule('node:zlib');
  return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, FINGERPRINT_BYTES_MAX);
}
