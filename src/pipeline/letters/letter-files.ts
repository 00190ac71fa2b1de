import { closeSync, createReadStream, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import {
  FINGERPRINT_BYTES_MAX,
  fingerprintOf,
  hasCode,
  isSameFingerprint,
  nodeFileSystem,
  PACKED_HEAD_BYTES,
  packedHead,
  TELLING_BYTES_MIN,
  type FileIdentity,
} from '../../files/index.js';
import { isSealedFile, KeyError, sealedStart, type KeyRing } from '../../crypt/index.js';
import { partNames } from '../../sinks/index.js';
import { SourceError, unsealed } from '../../sources/index.js';

/** Where the dead letters of a pipeline are kept. */
export interface LetterPlace {
  readonly path: string;
  /** The name pattern of its rotated files. */
  readonly pattern?: string | undefined;
  /** With which they are encrypted, if they are. */
  readonly keys?: KeyRing | undefined;
  /** Told what of an encrypted file can't be read. */
  readonly onDamage?: (message: string) => void;
}

/** A file of letters as it was found: data appended later is not read. */
export interface FoundFile {
  readonly path: string;
  readonly isPacked: boolean;
  readonly isSealed: boolean;
  readonly place: LetterPlace;
  readonly node: string | undefined;
  /** Its first bytes, after decompression and decryption. */
  readonly head: Buffer;
  /** Bytes on disk. */
  readonly size: number;
  readonly mtimeMs: number;
}

const READ_BYTES = 256 << 10;

/** The files with a pipeline's letters, oldest first. */
export interface LetterFiles {
  /** The files that we have rotated, and finally the one being written. */
  readonly own: readonly FoundFile[];
  /** Files that logrotate has moved aside, recognized by their names. There may be copies among them. */
  readonly movedAside: readonly FoundFile[];
}

/** Finds the files; none if there is no such folder. @throws SourceError */
export function findLetterFiles(place: LetterPlace): LetterFiles {
  const { path, pattern } = place;
  const names = partNames(path, pattern);
  const moved = namesMovedAside(path);
  const parts = new Map<number, string>();
  const others: string[] = [];
  for (const file of listFolder(names.folder)) {
    const parsed = names.parse(file);
    // While a part is being packed, both forms exist, and either will do.
    if (parsed !== undefined) parts.set(parsed.number, file);
    else if (moved.test(file)) others.push(file);
  }
  const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, file]) => file);
  const lookInto = (files: readonly string[]): FoundFile[] =>
    files.map((file) => findFile(join(names.folder, file), place)).filter((file) => file !== undefined);
  return {
    own: lookInto([...inOrder, basename(path)]),
    movedAside: lookInto(others).sort((a, b) => a.mtimeMs - b.mtimeMs),
  };
}

/** Yields the other files of the same folder, except those that can't be read. */
export function* otherFiles(place: LetterPlace, found: readonly FoundFile[]): Generator<FoundFile> {
  const folder = dirname(place.path);
  const known = new Set(found.map((file) => file.path));
  for (const file of listFolder(folder)) {
    if (known.has(join(folder, file))) continue;
    try {
      const other = findFile(join(folder, file), place);
      if (other !== undefined) yield other;
    } catch {
      continue;
    }
  }
}

/** How a found file is related to a known one. The caller must also compare the bytes before a place. */
export function relationTo(known: FileIdentity, { node, head }: FoundFile): 'same' | 'moved' | 'other' {
  const isAlike = isSameFingerprint(known.head, fingerprintOf(head.subarray(0, known.head.bytes)));
  if (!isAlike) return 'other';
  if (known.node !== undefined && known.node === node) return 'same';
  return known.head.bytes >= TELLING_BYTES_MIN ? 'moved' : 'other';
}

export function identityOf({ node, head }: FoundFile): FileIdentity {
  return { ...(node !== undefined && { node }), head: fingerprintOf(head) };
}

/**
 * Yields the content of a file from an offset on, decompressed and decrypted, up to its end when it was found. Finds a file that was rotated or
 * packed since.
 *
 * @returns nothing if the file is gone
 * @throws SourceError when it can't be read; KeyError
 */
export async function* contentOf(file: FoundFile, from: number): AsyncGenerator<Buffer, void, void> {
  const opened = openAgain(file);
  if (opened === undefined) return;
  const { fd, isPacked } = opened;
  if (file.isSealed) {
    yield* unsealedFrom(file, fd, from);
    return;
  }
  // A file that was packed since ends where it ended before.
  const end = file.isPacked ? Infinity : file.size;
  if (!isPacked && from >= end) {
    closeSync(fd);
    return;
  }
  try {
    if (!isPacked) {
      yield* createReadStream(file.path, { fd, start: from, end: end - 1, highWaterMark: READ_BYTES });
      return;
    }
    const { createGunzip } = await import('node:zlib');
    const packed = createReadStream(file.path, { fd, start: 0 });
    const content = createGunzip({ chunkSize: READ_BYTES });
    packed.on('error', (error) => content.destroy(error));
    packed.pipe(content);
    try {
      yield* span(content, from, end);
    } finally {
      content.destroy();
      packed.destroy();
    }
  } catch (error) {
    throw new SourceError(file.path, 'read', error);
  }
}

async function* unsealedFrom(
  { path, size, place: { keys, onDamage = () => undefined } }: FoundFile,
  fd: number,
  from: number,
): AsyncGenerator<Buffer, void, void> {
  try {
    yield* span(unsealed(path, keys, { fd, size, onDamage }), from, Infinity);
  } catch (error) {
    throw error instanceof KeyError ? error : new SourceError(path, 'read', error);
  }
}

async function* span(chunks: AsyncIterable<Buffer>, from: number, end: number): AsyncGenerator<Buffer, void, void> {
  let at = 0;
  for await (const chunk of chunks) {
    const wanted = chunk.subarray(Math.max(0, from - at), Math.max(0, end - at));
    at += chunk.length;
    if (wanted.length > 0) yield wanted;
    if (at >= end) return;
  }
}

/** Matches the names that logrotate gives to files: with a number or a date after the name, or before its extension. */
function namesMovedAside(path: string): RegExp {
  const name = basename(path);
  const ext = extname(path);
  const stem = basename(path, ext);
  const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const mark = '[.-](?:[0-9]{1,10}|[0-9]{4}-[0-9]{2}-[0-9]{2})';
  return new RegExp(`^(?:${escaped(name)}${mark}|${escaped(stem)}${mark}${escaped(ext)})(?:\\.gz)?$`);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw new SourceError(folder, 'open', error);
  }
}

/** @returns undefined if it is not a regular file */
function findFile(path: string, place: LetterPlace): FoundFile | undefined {
  // Checked before opening, because it may be a pipe.
  if (nodeFileSystem.stat(path)?.kind !== 'file') return undefined;
  const opened = openFound(path, place);
  if (opened === undefined) return undefined;
  closeSync(opened.fd);
  return opened.file;
}

/** @returns undefined if the file is gone */
function openFound(path: string, place: LetterPlace): { readonly fd: number; readonly file: FoundFile } | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const { node, size, mtimeMs } = nodeFileSystem.fstat(fd);
    const isPacked = path.endsWith('.gz');
    const head = headOf(fd, isPacked, path, place);
    return { fd, file: { path, isPacked, node, size, mtimeMs, place, ...head } };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    if (hasCode(error, 'ENOENT')) return undefined;
    if (error instanceof KeyError) throw error;
    throw new SourceError(path, fd === undefined ? 'open' : 'read', error);
  }
}

function headOf(
  fd: number,
  isPacked: boolean,
  path: string,
  { keys }: LetterPlace,
): Pick<FoundFile, 'head' | 'isSealed'> {
  const space = Buffer.alloc(isPacked ? PACKED_HEAD_BYTES : FINGERPRINT_BYTES_MAX);
  const start = space.subarray(0, readSync(fd, space, 0, space.length, 0));
  if (isSealedFile(start)) return { head: sealedStart(fd, path, keys, FINGERPRINT_BYTES_MAX), isSealed: true };
  return { head: isPacked && start.length > 0 ? packedHead(start) : start, isSealed: false };
}

/** @returns undefined if the file is gone */
function openAgain(file: FoundFile): { readonly fd: number; readonly isPacked: boolean } | undefined {
  const folder = dirname(file.path);
  const others = (): string[] => listFolder(folder).map((name) => join(folder, name));
  return (
    openAny([file.path], file, isSame) ?? openAny(others(), file, isSame) ?? openAny(others(), file, isPackedSince)
  );
}

function openAny(
  paths: readonly string[],
  file: FoundFile,
  isIt: (file: FoundFile, now: FoundFile) => boolean,
): { readonly fd: number; readonly isPacked: boolean } | undefined {
  for (const path of paths) {
    const opened = nodeFileSystem.stat(path)?.kind === 'file' ? openFound(path, file.place) : undefined;
    if (opened === undefined) continue;
    if (isIt(file, opened.file)) return { fd: opened.fd, isPacked: opened.file.isPacked };
    closeSync(opened.fd);
  }
  return undefined;
}

/** A renamed file keeps its inode. Without inodes, a file must have the same beginning and not be shorter. */
function isSame(file: FoundFile, now: FoundFile): boolean {
  const relation = relationTo(identityOf(file), now);
  return file.node === undefined ? relation === 'moved' && now.size >= file.size : relation === 'same';
}

/** Only packing changes a file's inode: any other file with the same beginning may hold the same event, failed again. */
function isPackedSince(file: FoundFile, now: FoundFile): boolean {
  return !file.isPacked && now.isPacked && relationTo(identityOf(file), now) === 'moved';
}
