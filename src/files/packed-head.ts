import { FINGERPRINT_BYTES_MAX } from './fingerprint.js';

/** Of a gzip file so much is read to see how its content begins: as many bytes as a fingerprint takes come out of that, however badly it is packed. */
export const PACKED_HEAD_BYTES = 4 * FINGERPRINT_BYTES_MAX;

/**
 * How the content of a gzip file begins, as far as a fingerprint goes.
 *
 * @param start the first bytes of the file, at most {@link PACKED_HEAD_BYTES}
 * @throws an error of zlib for what is no gzip data
 */
export function packedHead(start: Uint8Array): Buffer {
  // Most runs see no packed file, and should not load the module for it.
  const { gunzipSync, constants } = process.getBuiltinModule('node:zlib');
  return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, FINGERPRINT_BYTES_MAX);
}
