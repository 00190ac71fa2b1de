import { join } from 'node:path';
import type { Disk } from '../disk/disk.js';
import { readWhole, writeWhole } from '../disk/whole.js';
import { guardedLine, NEWLINE, readGuardedLine } from '../format/line.js';
import { claimOf, claimText } from '../keys/claim-journal.js';
import type { KeyIndex, Claim } from '../keys/key-index.js';
import { LogError } from '../log-error.js';
import { KEYS, type BackupFile } from './manifest.js';

/** Claims, in batches. */
export type Claims = AsyncIterable<readonly Claim[]>;

const READ_BYTES = 1 << 20;

/** Writes the keys into a backup, one guarded line per batch; no file if there are none. */
export async function writeKeys(disk: Disk, folder: string, claims: Claims): Promise<readonly BackupFile[]> {
  const lines = claims[Symbol.asyncIterator]();
  let some = await lines.next();
  if (some.done === true) return [];
  const file = await disk.open(join(folder, KEYS), 'create');
  let bytes = 0;
  try {
    for (; some.done !== true; some = await lines.next()) {
      const line = guardedLine({ claims: some.value.map(claimText) });
      await writeWhole(file, line, bytes);
      bytes += line.length;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  return [{ file: KEYS, bytes }];
}

/**
 * Adds the keys of a backup to an index.
 *
 * @throws LogError `damaged`
 */
export async function takeKeys(disk: Disk, folder: string, keys: KeyIndex): Promise<void> {
  const path = join(folder, KEYS);
  const file = await disk.open(path, 'read');
  try {
    let rest = Buffer.alloc(0);
    for (let at = 0; ; at += READ_BYTES) {
      const part = Buffer.allocUnsafe(READ_BYTES);
      const count = await readWhole(file, part, 0, part.length, at);
      if (count === 0) break;
      rest = Buffer.concat([rest, part.subarray(0, count)]);
      const end = rest.lastIndexOf(NEWLINE) + 1;
      for (let line = 0; line < end;) {
        const newline = rest.indexOf(NEWLINE, line);
        await keys.take(claimsOf(rest.subarray(line, newline), path));
        line = newline + 1;
      }
      rest = rest.subarray(end);
    }
    if (rest.length > 0) throw damaged(path);
  } finally {
    await file.close();
  }
}

function claimsOf(line: Buffer, path: string): Claim[] {
  const value = readGuardedLine(line);
  if (typeof value !== 'object' || value === null || !('claims' in value) || !Array.isArray(value.claims)) {
    throw damaged(path);
  }
  return value.claims.map((claim) => claimOf(String(claim)));
}

function damaged(path: string): LogError {
  return new LogError('damaged', `${path}: damaged; the crc of a line does not match`);
}
