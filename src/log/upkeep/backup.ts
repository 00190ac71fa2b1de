import { basename, join } from 'node:path';
import type { SealedReader } from '../../crypt/index.js';
import { errorCode, type Disk } from '../disk/disk.js';
import type { LogPosition } from '../format/position.js';
import { SEGMENT_FORMS, segmentFile, type SegmentName } from '../format/segment-name.js';
import { HEAD } from '../head/head-file.js';
import { CLAIMS_KEY, claimsKeyProblem } from '../keys/key-hasher.js';
import { LogError } from '../log-error.js';
import { lastLineBefore } from '../read/line-search.js';
import { listSegments, openSegment } from '../segment/folder.js';
import { plainSegment } from '../segment/plain-segment.js';
import type { SegmentSource } from '../segment/segment-source.js';
import type { LogWorld } from '../log-world.js';
import { writeWhole } from '../disk/whole.js';
import { writeKeys, type Claims } from './backup-keys.js';
import { writeManifest, type BackupFile } from './manifest.js';

const COPY_BYTES = 1 << 20;

export interface BackupReport {
  readonly segments: number;
  readonly bytes: number;
}

/**
 * Copies a log into an empty or missing folder, up to one moment: beside a running writer, the copy ends at the last record that
 * was stored when the backup reached it.
 *
 * @param claims the idempotency keys of the log, and perhaps some of records that are not in it
 * @param end where the log ends, if that is known better than from its files
 * @throws LogError `refused` when the folder is not empty, `damaged` when the key of the claims is: no backup could be used
 */
export async function backupLog(
  world: LogWorld,
  folder: string,
  destination: string,
  end: LogPosition | undefined,
  claims: Claims,
): Promise<BackupReport> {
  const { disk } = world;
  await refuseFilled(disk, destination);
  const problem = await claimsKeyProblem(disk, folder);
  if (problem !== undefined) throw new LogError('damaged', problem);
  await disk.makeFolder(destination);
  // Before the segments, which then reach as far as it says, or further.
  const head = await copyIfThere(disk, folder, HEAD, destination);
  const files: BackupFile[] = [];
  const segments = (await listSegments(disk, folder)).filter(({ number }) => number <= (end?.segment ?? number));
  for (const name of segments) {
    const file =
      name === segments.at(-1)
        ? await copyLast(disk, folder, name, destination, end)
        : await copyWhole(disk, folder, name, destination);
    if (file !== undefined) files.push(file);
  }
  // Keys are recorded before their records are stored, so after the records are copied, the keys include those of all copied
  // records.
  const keys = await writeKeys(disk, destination, claims);
  const claimsKey = await copyIfThere(disk, folder, CLAIMS_KEY, destination);
  const others = [claimsKey, head].filter((file) => file !== undefined);
  await writeManifest(world, destination, [...files, ...keys, ...others]);
  return { segments: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function refuseFilled(disk: Disk, folder: string): Promise<void> {
  try {
    if ((await disk.list(folder)).length === 0) return;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  throw new LogError('refused', `${folder}: not empty. Choose a new folder for the backup.`);
}

/** Copies the file of a finished segment unchanged, because the segment never changes. It may be packed or removed meanwhile. */
async function copyWhole(disk: Disk, folder: string, name: SegmentName, to: string): Promise<BackupFile | undefined> {
  for (const kind of SEGMENT_FORMS) {
    const copied = await copyIfThere(disk, folder, segmentFile(name, kind), to);
    if (copied !== undefined) return copied;
  }
  return undefined;
}

async function copyIfThere(disk: Disk, folder: string, file: string, to: string): Promise<BackupFile | undefined> {
  try {
    await disk.copy(join(folder, file), join(to, file));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const copy = await disk.open(join(to, file), 'update');
  try {
    await copy.datasync();
    return { file, bytes: await copy.size() };
  } finally {
    await copy.close();
  }
}

/** Copies the stored part of the segment that may still be written. */
async function copyLast(
  disk: Disk,
  folder: string,
  name: SegmentName,
  to: string,
  end: LogPosition | undefined,
): Promise<BackupFile | undefined> {
  const source = await openSegment(disk, folder, name);
  if (source === undefined) return undefined;
  try {
    if (source.packed) return await copyWhole(disk, folder, name, to);
    if (source.sealed !== undefined) return await copySealed(disk, source.path, source.sealed, end, name, to);
    const size = await source.size();
    const bytes = end?.segment === name.number ? end.offset : ((await lastLineBefore(source, size))?.end ?? 0);
    return await copyFront(disk, source, bytes, join(to, segmentFile(name, 'ndjson')));
  } finally {
    await source.close();
  }
}

/** Copies the frames of an encrypted segment that are stored, as they are. The copy gets its end frame when the log is opened. */
async function copySealed(
  disk: Disk,
  from: string,
  sealed: SealedReader,
  end: LogPosition | undefined,
  name: SegmentName,
  to: string,
): Promise<BackupFile> {
  sealed.requireKey();
  const { at } = await sealed.lastIntact(end?.segment === name.number ? end.offset : undefined);
  const file = await disk.open(from, 'read');
  try {
    const source = { ...plainSegment(from, file), size: () => Promise.resolve(at) };
    return await copyFront(disk, source, at, join(to, basename(from)));
  } finally {
    await file.close();
  }
}

async function copyFront(disk: Disk, source: SegmentSource, bytes: number, to: string): Promise<BackupFile> {
  const file = await disk.open(to, 'create');
  try {
    const buffer = Buffer.allocUnsafe(COPY_BYTES);
    for (let at = 0; at < bytes;) {
      const count = await source.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
      if (count === 0) throw new LogError('read', `${source.path}: ends at byte ${at}, before its last record`);
      await writeWhole(file, buffer.subarray(0, count), at);
      at += count;
    }
    await file.datasync();
    return { file: basename(to), bytes };
  } finally {
    await file.close();
  }
}
