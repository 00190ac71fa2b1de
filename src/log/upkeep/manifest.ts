import { join } from 'node:path';
import { isSealedText, openText, sealText } from '../../crypt/index.js';
import { isSegmentForm, parseSegmentFile } from '../format/segment-name.js';
import { guardedLine, readGuardedLine } from '../format/line.js';
import { HEAD } from '../head/head-file.js';
import { createWhole, readFile } from '../disk/whole.js';
import { CLAIMS_KEY } from '../keys/key-hasher.js';
import { LogError } from '../log-error.js';
import type { LogWorld } from '../log-world.js';

/** Written last: its presence means that the backup is complete. */
export const MANIFEST = 'manifest.json';

/** The idempotency keys of the records. */
export const KEYS = 'keys.ndjson';

const PLACE = { store: 'backup', name: MANIFEST };

/** A file of a backup. */
export interface BackupFile {
  readonly file: string;
  readonly bytes: number;
}

/** Writes the list of files that make up a backup. Of an encrypted log it is encrypted, so that nobody else can make one. */
export async function writeManifest({ disk }: LogWorld, folder: string, files: readonly BackupFile[]): Promise<void> {
  const line = guardedLine({ files });
  const text = disk.keys === undefined ? line : Buffer.from(`${sealText(disk.keys, PLACE, line.toString())}\n`);
  await createWhole(disk, join(folder, MANIFEST), text);
  await disk.syncFolder(folder);
}

/**
 * Reads the list of files that make up a backup.
 *
 * @throws LogError `damaged` when the folder is not a complete backup; KeyError
 */
export async function readManifest({ disk }: LogWorld, folder: string): Promise<readonly BackupFile[]> {
  const path = join(folder, MANIFEST);
  const line = await readFile(disk, path);
  if (line === undefined) {
    throw new LogError('damaged', `${folder}: not a complete backup of a log: ${MANIFEST} is missing`);
  }
  const text = line.toString('latin1', 0, line.length - 1);
  const isSealed = isSealedText(text);
  const opened = isSealed ? openText(disk.keys, { ...PLACE, path }, text) : undefined;
  const value = readGuardedLine(isSealed ? Buffer.from(opened ?? '').subarray(0, -1) : line.subarray(0, -1));
  if (!isManifest(value)) throw new LogError('damaged', `${path}: damaged; its crc does not match`);
  refuseStrangeFiles(value.files, path);
  if (!isSealed && value.files.some(({ file }) => isEncrypted(file))) {
    throw new LogError('damaged', `${path}: not encrypted as its files are: somebody else has made it`);
  }
  return value.files;
}

function isEncrypted(file: string): boolean {
  return file === CLAIMS_KEY || file === HEAD || file.endsWith('.enc');
}

/** Whoever made the manifest, a restore must write only files of a log, each once. */
function refuseStrangeFiles(files: readonly BackupFile[], path: string): void {
  const seen = new Set<string>();
  for (const { file } of files) {
    const segment = parseSegmentFile(file);
    const isPart = file === KEYS || file === CLAIMS_KEY || file === HEAD || isSegmentForm(segment?.kind);
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
