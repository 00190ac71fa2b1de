import { join } from 'node:path';
import { errorCode, type Disk, type DiskFile } from '../disk/disk.js';
import { removeIfThere } from '../disk/whole.js';
import { logIdentity, logOfSegment } from '../head/log-identity.js';
import {
  isSealedForm,
  isSegmentForm,
  parseSegmentFile,
  SEGMENT_FORMS,
  segmentFile,
  type SegmentForm,
  type SegmentName,
} from '../format/segment-name.js';
import { packedSegment } from './packed-segment.js';
import { plainSegment, strangeSegment } from './plain-segment.js';
import { sealedName, sealedSegment } from './sealed-segment.js';
import type { SegmentSource } from './segment-source.js';

/** Where a segment must be encrypted, one that is not counts only if there is no other. */
const BOUND_FORMS = [...SEGMENT_FORMS].sort((a, b) => Number(isSealedForm(b)) - Number(isSealedForm(a)));

/** Lists the segments of a log, oldest first. A missing folder has none. */
export async function listSegments(disk: Disk, folder: string): Promise<SegmentName[]> {
  const byNumber = new Map<number, SegmentName>();
  for (const file of await namesIn(disk, folder)) {
    const parsed = parseSegmentFile(file);
    if (parsed !== undefined && isSegmentForm(parsed.kind)) byNumber.set(parsed.name.number, parsed.name);
  }
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

async function namesIn(disk: Disk, folder: string): Promise<string[]> {
  try {
    return await disk.list(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Opens a segment for reading, in whatever form it is; undefined if it is gone. If several forms exist, the first one is used; they
 * are tried twice because the segment may be packed in between.
 *
 * @param fresh whether an encrypted segment is read as if for the first time
 */
export async function openSegment(
  disk: Disk,
  folder: string,
  name: SegmentName,
  fresh = false,
): Promise<SegmentSource | undefined> {
  const log = logOfSegment(await logIdentity(disk, folder, fresh), name.number);
  const opened = await openSegmentFile(disk, folder, name, log !== undefined);
  if (opened === undefined) return undefined;
  const { form, path, file } = opened;
  try {
    if (isSealedForm(form)) {
      return await sealedSegment(disk, path, file, sealedName(name.number, form === 'ndjson.gz.enc', log), fresh);
    }
    if (log !== undefined) return strangeSegment(path, file);
    return form === 'ndjson' ? plainSegment(path, file) : await packedSegment(path, file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The file of a segment, open for reading. */
export interface SegmentFile {
  readonly form: SegmentForm;
  readonly path: string;
  readonly file: DiskFile;
}

/** As {@link openSegment}, the file alone. @param isBound whether it must be encrypted */
export async function openSegmentFile(
  disk: Disk,
  folder: string,
  name: SegmentName,
  isBound: boolean,
): Promise<SegmentFile | undefined> {
  const forms = isBound ? BOUND_FORMS : SEGMENT_FORMS;
  for (const form of [...forms, ...forms]) {
    const path = join(folder, segmentFile(name, form));
    const file = await openIfThere(disk, path);
    if (file !== undefined) return { form, path, file };
  }
  return undefined;
}

async function openIfThere(disk: Disk, path: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path, 'read');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file of a segment, in whatever form it is; the folder if there is none. */
export async function segmentPath(disk: Disk, folder: string, name: SegmentName | undefined): Promise<string> {
  if (name === undefined) return folder;
  for (const form of SEGMENT_FORMS) {
    const path = join(folder, segmentFile(name, form));
    if ((await disk.size(path)) !== undefined) return path;
  }
  return folder;
}

/** The bytes that a segment takes on the disk, in whatever form; 0 if it is gone. */
export async function segmentBytesOnDisk(disk: Disk, folder: string, name: SegmentName): Promise<number> {
  for (const form of SEGMENT_FORMS) {
    const bytes = await disk.size(join(folder, segmentFile(name, form)));
    if (bytes !== undefined) return bytes;
  }
  return 0;
}

/** Removes all files of a segment, including the one with what recovery cut off. */
export async function removeSegment(disk: Disk, folder: string, name: SegmentName): Promise<void> {
  for (const kind of [...SEGMENT_FORMS, 'index', 'torn'] as const) {
    await removeIfThere(disk, join(folder, segmentFile(name, kind)));
  }
}
