/**
 * Floor 1: what a file is. File names get reused, so a file is recognized by its inode and its beginning, and a place in it by
 * the bytes before it. Two paths are compared by where they lead. Only this folder compares paths, inodes or sizes.
 */
export { AT_REST_MS, readAtRest } from './at-rest.js';
export { hasCode, nodeFileSystem, type FileStats, type FileSystem } from './file-system.js';
export {
  fingerprintBefore,
  fingerprintOf,
  FINGERPRINT_BYTES_MAX,
  isSameFingerprint,
  parseFingerprint,
  readAt,
  type Fingerprint,
} from './fingerprint.js';
export { HeldFolder, type HeldFolderState } from './held-folder.js';
export {
  identify,
  parseIdentity,
  relationOf,
  TELLING_BYTES_MIN,
  type FileIdentity,
  type Relation,
} from './identity.js';
export { KnownFileSet, type KnownFile, type PresentFiles, type Recognized, type UnknownFile } from './known-files.js';
export { leadsInto } from './leads-into.js';
export { makeFolder } from './make-folder.js';
export { Manifest } from './manifest.js';
export { describeFile, isStillOurs, type OwnedFile } from './owned-file.js';
export { fileKey, foldsCase, foundPath, isWithin, keptPath, leadToSame, resolvePath } from './paths.js';
export { parsePlace, placeAt, placeBehind, stateOfPlace, type FilePlace, type PlaceState } from './place.js';
export { systemReason } from './reasons.js';
export { putFile } from './put-file.js';
export { replaceFile } from './replace-file.js';
export { areSamplesThere, samplesBefore } from './samples.js';
export { GZIP_LEVEL, packingOf, withoutPacking, type Packing } from './packing.js';
export { hasZstd, requireZstd } from './zstd.js';
export { PACKED_HEAD_BYTES, packedHead } from './packed-head.js';
