import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileContent, type KeyRing } from '../../crypt/index.js';
import type { BatchRecord } from '../batch-store/index.js';
import { openBooks, type Books } from '../books/index.js';
import type { StoreLocation } from '../store/index.js';
import { realWorld } from '../ai-world.js';
import { BatchEndings, batchesIn, resultsOf, spoolOf } from './batch-endings.js';
import { Spool } from './batch-spool.js';

/** What became of the files of batches. */
export interface RekeyedBatches {
  /** How many files were encrypted with the current key. */
  readonly rekeyed: number;
  /** Files that stay as they are, and why. */
  readonly left: readonly string[];
}

const NEW = '.new';
const IN_USE = 'a running process is at work on it: run this again once that has ended';

/**
 * Encrypts the files of batches in a folder with the current key. Other processes may use them meanwhile: what such a process is
 * writing stays as it is.
 *
 * @throws StateInUseError; KeyError; StoreDamagedError; the operating system's errors
 */
export async function rekeyBatches(
  location: Extract<StoreLocation, { kind: 'lmdb' }> & { readonly keys: KeyRing },
): Promise<RekeyedBatches> {
  const folder = batchesIn(location.folder);
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return { rekeyed: 0, left: [] };
  const books = await openBooks(location, { ttlMs: Infinity, bytesMax: Infinity }, realWorld);
  const ignore = (): void => undefined;
  try {
    // What nobody needs any more goes first.
    await new BatchEndings({
      books,
      world: realWorld,
      folder,
      ttlMs: Infinity,
      notify: ignore,
      booked: ignore,
    }).upkeep();
    for (const name of names) if (name.endsWith(NEW)) await rm(join(folder, name), { force: true });
    const report = { rekeyed: 0, left: [] as string[] };
    for await (const record of books.batches().all())
      if (record.state !== 'closed') await rekeyOne(books, folder, record, location.keys, report);
    return report;
  } finally {
    await books.close();
  }
}

async function rekeyOne(
  books: Books,
  folder: string,
  record: BatchRecord,
  keys: KeyRing,
  report: { rekeyed: number; readonly left: string[] },
): Promise<void> {
  const { id, state, owner, createdAt } = record;
  const store = books.batches();
  const path = spoolOf(folder, id);
  const isInUse = !(await books.isGone(owner, createdAt));
  if (state === 'gathering' && isInUse) {
    report.left.push(`${path}: ${IN_USE}`);
    return;
  }
  if (state === 'fetching') {
    // Its owner alone writes results. Those that a dead process has left are fetched again.
    const mine = isInUse ? undefined : await store.change(record, { owner: books.owner });
    if (mine === undefined) report.left.push(`${resultsOf(folder, id)}: ${IN_USE}`);
    else await rm(resultsOf(folder, id), { force: true });
  }
  const damage = await writtenAnew(path, keys);
  if (damage !== undefined) {
    report.left.push(...damage.slice(0, 1));
    if (damage.length === 0) report.rekeyed += 1;
  }
  // Another process may have closed the batch meanwhile, and removed the file before this one came.
  if (((await store.get(id))?.state ?? 'closed') === 'closed') await rm(path, { force: true });
}

/**
 * Writes a file anew unless it is damaged. A process that is reading it goes on with the former one.
 *
 * @returns what can't be read of it; undefined: there is no such file
 */
async function writtenAnew(path: string, keys: KeyRing): Promise<readonly string[] | undefined> {
  const damage: string[] = [];
  const next = await Spool.create(`${path}${NEW}`, keys);
  let isThere = true;
  try {
    for await (const bytes of fileContent(path, keys, (message) => damage.push(message))) await next.append(bytes);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    isThere = false;
  } finally {
    await next.close();
  }
  if (isThere && damage.length === 0) await rename(`${path}${NEW}`, path);
  else await rm(`${path}${NEW}`, { force: true });
  return isThere ? damage : undefined;
}
