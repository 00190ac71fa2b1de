import { join } from 'node:path';
import type { Disk } from '../disk/disk.js';
import { newestLines } from './claim-journal.js';
import type { Claim } from './key-index.js';
import { allOf, openKeyTable } from './key-table.js';

/** All claims in a folder of keys, in batches, with or without a writer. None if the folder does not exist. */
export async function* readClaims(
  disk: Disk,
  folder: string,
  journalFolder: string,
): AsyncGenerator<readonly Claim[], void, void> {
  if ((await disk.size(join(folder, 'data.mdb'))) === undefined) return;
  // The journal must be read first: what it drops is in the table by then.
  const lines = await newestLines(disk, journalFolder);
  const table = await openKeyTable(folder, true);
  try {
    yield* allOf(table);
    const late = new Map<string, Claim>();
    for (const { gone, claims } of lines) {
      for (const hash of gone) late.delete(hash);
      for (const claim of claims) late.set(claim.hash, claim);
    }
    const missing = [...late.values()].filter(({ hash }) => table.find(hash) === undefined);
    if (missing.length > 0) yield missing;
  } finally {
    await table.close();
  }
}
