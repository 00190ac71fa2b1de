import { join } from 'node:path';
import { isSegmentForm, parseSegmentFile } from '../format/segment-name.js';
import { guardedLine, readGuardedLine } from '../format/line.js';
import { createWhole, readFile } from '../disk/whole.js';
import { CLAIMS_KEY } from '../keys/key-hasher.js';
import { LogError } from '../log-error.js';
import type { LogWorld } from '../log-world.js';

/** Written last: its presence means that the backup is complete. */
export const MANIFEST = 'manifest.json';

/** The idempotency keys of the records. */
export const KEYS = 'keys.ndjson';

/** A file of a backup. */
export interface BackupFile {
  readonly file: string;
  readonly bytes: number;
}

/** Writes the list of files that make up a backup. */
export async function writeManifest({ disk }: LogWorld, folder: string, files: readonly BackupFile[]): Promise<void> {
  await createWhole(disk, join(folder, MANIFEST), guardedLine({ files }));
  await disk.syncFolder(folder);
}

/**
 * Reads the list of files that make up a backup.
 *
 * @throws LogError `damaged` when the folder is not a complete backup
 */
export async function readManifest({ disk }: LogWorld, folder: string): Promise<readonly BackupFile[]> {
  const path = join(folder, MANIFEST);
  const line = await readFile(disk, path);
  if (line === undefined) {
    throw new LogError('damaged', `${folder}: not a complete backup of a log: ${MANIFEST} is missing`);
  }
  const value = readGuardedLine(line.subarray(0, -1));
  if (!isManifest(value)) throw new LogError('damaged', `${path}: damaged; its crc does not match`);
  refuseStrangeFiles(value.files, path);
  return value.files;
}

/** Whoever made the manifest, a restore must write only files of a log, each once. */
function refuseStrangeFiles(files: readonly BackupFile[], path: string): void {
  const seen = new Set<string>();
  for (const { file } of files) {
    const segment = parseSegmentFile(file);
    const isPart = file === KEYS || file === CLAIMS_KEY || isSegmentForm(segment?.kind);
    const shown = JSON.stringify(file.slice(0, 100));
    if (!isPart)
      throw new LogError('damaged', `${path}: ${shown} is not a file of a log's backup: nothing is restored`);
    // The plain and the packed form are the same segment.
    const part = segment === undefined ? file : String(segment.name.number);
    if (seen.has(part)) throw new LogError('damaged', `${path}: ${shown} is listed twice: nothing is restored`);
    seen.add(part);
  }
}

function isManifest(value: unknown): value is { readonly files: readonly BackupFile[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'files' in value &&
    Array.isArray(value.files) &&
    value.files.every(isBackupFile)
  );
}

function isBackupFile(value: unknown): value is BackupFile {
  if (typeof value !== 'object' || value === null || !('file' in value) || !('bytes' in value)) return false;
  return typeof value.file === 'string' && Number.isSafeInteger(value.bytes) && Number(value.bytes) >= 0;
}
