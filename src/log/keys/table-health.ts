/*
 * LMDB maps its file into memory: a damaged file kills its reader with a signal that can't be caught. The table is therefore
 * trusted only if it is unchanged since it was last closed; otherwise a separate process reads all of it first.
 */
import { dirname, join } from 'node:path';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errorCode, type Disk } from '../disk/disk.js';
import { readFile, removeIfThere, replaceFile } from '../disk/whole.js';
import { guardedLine, readGuardedLine } from '../format/line.js';
import type { JournalEnd } from './claim-journal.js';

const TABLE = 'data.mdb';
const LOCK = 'lock.mdb';
/** Holds the table's size and time when it was closed, and where the journal ended then. Missing while the table is open. */
const CLOSED = 'closed';
const DAMAGED = 'data.mdb.damaged';

/** A limit, because a damaged table may make its reader loop. */
const PROBE_MS_MIN = 60_000;
const PROBE_BYTES_PER_MS = 2000;

/** Reads every entry, and makes a change, which also reads the free list. What `#lmdb` is, the next package.json says. */
const PROBE = `
import lmdb from '#lmdb';
const root = lmdb.open({ path: process.argv[1], encoding: 'string', keyEncoding: 'binary', maxDbs: 4 });
const tables = ['ids', 'times'].map((name) => root.openDB({ name, encoding: 'string', keyEncoding: 'binary' }));
let bytes = 0;
for (const table of tables) for (const { key, value } of table.getRange({})) bytes += key.length + value.length;
const key = Buffer.from('probe');
await tables[0].put(key, '0');
await tables[0].remove(key);
await root.flushed;
await root.close();
`;

/** The state of a table before it is opened. */
export type TableHealth =
  /** Unchanged since it was closed. `journal`: the table has everything up to there. */
  | { readonly kind: 'closed'; readonly journal: JournalEnd }
  /** Intact, although its last owner did not close it. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'none' };

/** Checks the table in a folder. No process may have it open. */
export async function tableHealth(disk: Disk, folder: string): Promise<TableHealth> {
  const now = await lookAt(folder);
  // LMDB accepts an empty file as a new table.
  if (now === undefined || now.size === 0) return { kind: 'none' };
  const closed = parseClosed(await readFile(disk, join(folder, CLOSED)));
  if (closed?.size === now.size && closed.mtimeMs === now.mtimeMs) return { kind: 'closed', journal: closed.journal };
  return { kind: (await isReadable(folder, now.size)) ? 'whole' : 'damaged' };
}

/** Renames a damaged table, replacing an earlier damaged one. */
export async function putAside(disk: Disk, folder: string): Promise<void> {
  await removeIfThere(disk, join(folder, DAMAGED));
  await disk.rename(join(folder, TABLE), join(folder, DAMAGED));
  await removeIfThere(disk, join(folder, LOCK));
}

export async function noteClosed(disk: Disk, folder: string, journal: JournalEnd): Promise<void> {
  const now = await lookAt(folder);
  if (now !== undefined) await replaceFile(disk, join(folder, CLOSED), guardedLine({ ...now, journal }));
}

export async function noteOpen(disk: Disk, folder: string): Promise<void> {
  await removeIfThere(disk, join(folder, CLOSED));
}

async function lookAt(folder: string): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(join(folder, TABLE));
    return { size, mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseClosed(
  content: Buffer | undefined,
): { readonly size: number; readonly mtimeMs: number; readonly journal: JournalEnd } | undefined {
  const value = content && readGuardedLine(content.subarray(0, -1));
  if (typeof value !== 'object' || value === null) return undefined;
  const { size, mtimeMs, journal } = value as Record<'size' | 'mtimeMs' | 'journal', unknown>;
  if (typeof size !== 'number' || typeof mtimeMs !== 'number' || typeof journal !== 'object' || journal === null)
    return undefined;
  const { number, bytes } = journal as Record<'number' | 'bytes', unknown>;
  return typeof number === 'number' && typeof bytes === 'number'
    ? { size, mtimeMs, journal: { number, bytes } }
    : undefined;
}

async function isReadable(folder: string, bytes: number): Promise<boolean> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const probe = spawn(process.execPath, ['--input-type=module', '-e', PROBE, folder], {
      // From here the import resolves to the same code as in this process.
      cwd: dirname(fileURLToPath(import.meta.url)),
      stdio: 'ignore',
      timeout: PROBE_MS_MIN + Math.ceil(bytes / PROBE_BYTES_PER_MS),
      killSignal: 'SIGKILL',
    });
    // If no process can be started, the table is assumed to be readable.
    probe.on('error', () => resolve(true));
    probe.on('close', (code) => resolve(code === 0));
  });
}
