import {
  FINGERPRINT_BYTES_MAX,
  fingerprintAt,
  fingerprintBefore,
  isSameFingerprint,
  parseFingerprint,
  type Fingerprint,
} from './fingerprint.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';
import { identify, parseIdentity, relationOf, type FileIdentity } from './identity.js';

/** How far a reader got in a file. Valid as long as the bytes before it are unchanged. */
export interface FilePlace {
  readonly file: FileIdentity;
  /** Bytes before it. */
  readonly offset: number;
  /** Lines before it, including blank ones. */
  readonly lines: number;
  /** The last bytes before it, at most 1 KB. */
  readonly before: Fingerprint;
}

/**
 * What happened to a place: `good`, the file may have grown behind it; `cut`, the file is shorter; `edited`, the bytes before it
 * changed; `other`, it is another file.
 */
export type PlaceState =
  | { readonly kind: 'good'; readonly relation: 'same' | 'moved'; readonly size: number }
  | { readonly kind: 'cut'; readonly size: number }
  | { readonly kind: 'edited' }
  | { readonly kind: 'other' };

/** A place in an open file. @throws the operating system's errors */
export function placeAt(fd: number, offset: number, lines: number, fs: FileSystem = nodeFileSystem): FilePlace {
  return { file: identify(fd, fs), offset, lines, before: fingerprintBefore(fs, fd, offset) };
}

/**
 * A place in an open file, described only by the bytes before it, because the rest may change: an unfinished line. A place before
 * the first byte can't be described so; use {@link placeAt} there.
 *
 * @throws the operating system's errors
 */
export function placeBehind(fd: number, offset: number, lines: number, fs: FileSystem = nodeFileSystem): FilePlace {
  const place = placeAt(fd, offset, lines, fs);
  if (offset === 0 || offset >= FINGERPRINT_BYTES_MAX) return place;
  return { ...place, file: { ...place.file, head: fingerprintAt(fs, fd, 0, offset) } };
}

/**
 * @param isAtItsPlace see {@link relationOf}
 * @throws the operating system's errors
 */
export function stateOfPlace(
  place: FilePlace,
  fd: number,
  { isAtItsPlace = false, fs = nodeFileSystem }: { isAtItsPlace?: boolean; fs?: FileSystem } = {},
): PlaceState {
  const relation = relationOf(place.file, fd, { isAtItsPlace, fs });
  const { size } = fs.fstat(fd);
  if (relation === 'other') return { kind: 'other' };
  if (relation === 'cut' || size < place.offset) return { kind: 'cut', size };
  const isBefore = isSameFingerprint(place.before, fingerprintBefore(fs, fd, place.offset));
  return isBefore ? { kind: 'good', relation, size } : { kind: 'edited' };
}

/** Parses a stored place; undefined if the value is not one. */
export function parsePlace(value: unknown): FilePlace | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('file' in value) || !('offset' in value) || !('lines' in value) || !('before' in value)) return undefined;
  const { offset, lines } = value;
  const file = parseIdentity(value.file);
  const before = parseFingerprint(value.before);
  if (file === undefined || before === undefined || !isCount(offset) || !isCount(lines)) return undefined;
  return { file, offset, lines, before };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
