import { join } from 'node:path';
import { FRAME_MAGIC, isSealedFile, KeyError, SealedReader, sealWhole, type KeyRing } from '../../crypt/index.js';
import type { Disk, DiskFile } from '../disk/disk.js';
import { readFile, removeIfThere, replaceFile } from '../disk/whole.js';
import { NEWLINE } from '../format/line.js';
import { parseSegmentFile, segmentFile, type SegmentName } from '../format/segment-name.js';
import { writeHead } from '../head/log-head.js';
import { takeHead } from '../head/take-head.js';
import { openKeyHasher, rekeyClaims } from '../keys/key-hasher.js';
import { takeLogLock } from '../log-lock.js';
import type { LogWorld } from '../log-world.js';
import { recover } from '../recover/recover.js';
import { sealedWriter, type ContentWriter } from '../segment/content-writer.js';
import { listSegments, openSegment } from '../segment/folder.js';
import { packInto } from '../segment/pack.js';
import { sealedName } from '../segment/sealed-segment.js';
import { DamagedRange, type SegmentSource } from '../segment/segment-source.js';

const BLOCK_BYTES = 1 << 20;

export interface RekeyReport {
  /** Segments that are encrypted with the current key now. */
  readonly rekeyed: number;
  /** Segments that already were. */
  readonly current: number;
  /** Files that can't be encrypted anew because they are damaged: they stay as they are. In words. */
  readonly left: readonly string[];
  /** What is lost, as the head of the log says: from now on it is no longer told. In words. */
  readonly lost: readonly string[];
  /** Files that hold nothing but what no key decrypts: they stay as they are, and need no key. In words. */
  readonly unreadable: readonly string[];
}

/**
 * Encrypts a whole log with the current key: segments that are not encrypted, and those of another key. Nobody may write to it
 * meanwhile. After a crash, each segment is there in its former form or its new one.
 *
 * @throws LogError `locked`, or `damaged` if the key of its claims is lost; KeyError if there is no key, or one that a segment needs is missing
 */
export async function rekeyLog({ disk }: LogWorld, folder: string, command: string): Promise<RekeyReport> {
  const { keys } = disk;
  if (keys === undefined) throw new KeyError(`${folder}: no key is configured: name one in storage.encryption`);
  const lock = await takeLogLock(folder, command);
  try {
    const recovery = await recover(disk, folder);
    // A plain log gets the key of its claims before its first encrypted segment.
    await openKeyHasher(disk, folder);
    const { head, losses } = await takeHead(disk, folder, recovery);
    await head?.close();
    const { log, boundFrom } = head?.identity ?? { log: undefined, boundFrom: 1 };
    const left: string[] = [];
    let rekeyed = 0;
    let current = 0;
    for (const name of await listSegments(disk, folder)) {
      const source = await openSegment(disk, folder, name, true);
      if (source === undefined) continue;
      try {
        if (source.sealed?.keyId === keys.currentId && source.sealed.header?.log === log) {
          current += 1;
          continue;
        }
        await rewrite(disk, folder, name, source, log);
        rekeyed += 1;
      } catch (error) {
        if (!(error instanceof DamagedRange)) throw error;
        left.push(`${source.path}: ${error.message}`);
      } finally {
        await source.close();
      }
    }
    // Now all of them are of this log, and no other counts.
    if (log !== undefined && left.length === 0 && boundFrom > 1)
      await writeHead(disk, keys, folder, { log, boundFrom: 1, end: recovery.end });
    const unreadable = await rekeyTorn(disk, keys, folder);
    await rekeyClaims(disk, keys, folder);
    return { rekeyed, current, left, lost: losses.map(({ message }) => message), unreadable };
  } finally {
    await lock.release();
  }
}

async function rewrite(
  disk: Disk,
  folder: string,
  name: SegmentName,
  source: SegmentSource,
  log: string | undefined,
): Promise<void> {
  if (source.sealed !== undefined && source.sealed.keyId === undefined)
    throw new DamagedRange('its header is lost', undefined);
  source.sealed?.requireKey();
  const path = join(folder, segmentFile(name, source.packed ? 'ndjson.gz.enc' : 'ndjson.enc'));
  const temporary = `${path}.tmp`;
  await removeIfThere(disk, temporary);
  const file = await disk.open(temporary, 'create');
  try {
    const writer = sealedWriter(disk, file, sealedName(name.number, source.packed, log));
    if (source.packed) await packInto(source, writer, new AbortController().signal);
    else await copyLines(source, writer);
    await file.datasync();
  } catch (error) {
    await removeIfThere(disk, temporary);
    throw error;
  } finally {
    await file.close();
  }
  await disk.rename(temporary, path);
  await disk.syncFolder(folder);
  if (source.path !== path) await removeIfThere(disk, source.path);
}

/** Each frame gets whole lines. */
async function copyLines(source: SegmentSource, writer: ContentWriter): Promise<void> {
  const size = await source.size();
  let rest = Buffer.alloc(0);
  for (let at = 0; at < size;) {
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, size - at));
    const count = await source.read(block, 0, block.length, at);
    if (count === 0) break;
    at += count;
    rest = Buffer.concat([rest, block.subarray(0, count)]);
    const lines = rest.lastIndexOf(NEWLINE) + 1;
    if (lines > 0) await writer.add(rest.subarray(0, lines));
    rest = rest.subarray(lines);
  }
  if (rest.length > 0) await writer.add(rest);
  await writer.end();
}

/**
 * What recovery cut off plain segments is encrypted. What it cut off encrypted ones is not whole frames: it decrypts with no key.
 *
 * @returns the files of the latter, in words
 */
async function rekeyTorn(disk: Disk, keys: KeyRing, folder: string): Promise<string[]> {
  const unreadable: string[] = [];
  for (const file of await disk.list(folder)) {
    const parsed = parseSegmentFile(file);
    if (parsed?.kind !== 'torn') continue;
    const path = join(folder, file);
    const content = await readFile(disk, path);
    if (content === undefined) continue;
    const name = { kind: 'torn', number: parsed.name.number };
    if (isSealedFile(content)) {
      const reader = await SealedReader.open(bytesOf(content), keys, name, path);
      if (reader.keyId === keys.currentId || !reader.hasKey) continue;
      const plain = Buffer.alloc(await reader.size());
      await reader.read(plain, 0, plain.length, 0);
      await replaceFile(disk, path, sealWhole(keys, name, plain));
    } else if (!isTornFrames(content)) {
      await replaceFile(disk, path, sealWhole(keys, name, content));
    } else {
      unreadable.push(`${path}: a torn end that nobody can decrypt any more`);
    }
  }
  return unreadable;
}

/** What was cut off an encrypted segment starts with a frame. */
function isTornFrames(content: Buffer): boolean {
  return content.includes(FRAME_MAGIC);
}

function bytesOf(content: Buffer): Pick<DiskFile, 'read' | 'size'> {
  return {
    size: () => Promise.resolve(content.length),
    read: (into, start, end, position) =>
      Promise.resolve(position >= content.length ? 0 : content.copy(into, start, position, position + end - start)),
  };
}
