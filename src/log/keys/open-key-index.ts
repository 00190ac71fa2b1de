import { loadLmdb } from '../../lmdb/index.js';
import type { Disk } from '../disk/disk.js';
import { allLines, openClaimJournal, type JournalLine } from './claim-journal.js';
import type { Claim, KeyIndex, KeysFound } from './key-index.js';
import { allOf, openKeyTable, type KeyChange } from './key-table.js';
import { noteClosed, noteOpen, putAside, tableHealth } from './table-health.js';

/** How many changes the table may lag behind. */
const BEHIND_MAX = 50_000;

/**
 * Opens the index of keys in a folder, creating it if necessary: a journal that makes claims durable with one small sync, and a
 * table of all keys that catches up with the journal. A damaged or missing table is rebuilt from the journal.
 *
 * @param journalFolder the journal's folder: separate from the table's, so that they are not lost together
 * @throws LmdbMissingError; nothing is changed then
 */
export async function openKeyIndex(disk: Disk, folder: string, journalFolder = folder): Promise<KeyIndex> {
  // Without it, no table could be read, and each would be taken for damaged.
  await loadLmdb();
  await disk.makeFolder(folder);
  const health = await tableHealth(disk, folder);
  if (health.kind === 'damaged') await putAside(disk, folder);
  await noteOpen(disk, folder);
  const table = await openKeyTable(folder);
  const known = health.kind === 'closed' ? health.journal : undefined;
  const { journal, lines } = await openClaimJournal(disk, journalFolder, known);
  const isAnew = health.kind === 'damaged' || health.kind === 'none';
  /** The changes that the table lacks, by hash; for each key only the last one. */
  const behind = new Map<string, KeyChange>();
  /** Hashes that were withdrawn, but are not in the journal yet. */
  let untold: string[] = [];
  let catchingUp: Promise<void> | undefined;

  const find = (hash: string): Claim | undefined => {
    const change = behind.get(hash);
    if (change === undefined) return table.find(hash);
    return change.isGone ? undefined : change;
  };

  const catchUp = async (): Promise<void> => {
    while (behind.size > 0) {
      const changes = [...behind.values()];
      await table.change(changes);
      for (const change of changes) if (behind.get(change.hash) === change) behind.delete(change.hash);
    }
  };

  /** Resolves when the table has every change. */
  const caughtUp = (): Promise<void> =>
    (catchingUp ??= catchUp().finally(() => {
      catchingUp = undefined;
    }));

  const release = (claims: readonly Claim[]): void => {
    for (const claim of claims) behind.set(claim.hash, { ...claim, isGone: true });
  };

  const tell = async (claims: readonly Claim[]): Promise<void> => {
    if (journal.isLong()) {
      await caughtUp();
      await journal.beginAnew();
    }
    await journal.add({ gone: untold, claims });
    untold = [];
    for (const claim of claims) behind.set(claim.hash, { ...claim, isGone: false });
  };

  const replay = async ({ gone, claims }: JournalLine): Promise<void> => {
    release(gone.map((hash) => find(hash)).filter((claim) => claim !== undefined));
    for (const claim of claims) behind.set(claim.hash, { ...claim, isGone: false });
    if (behind.size > BEHIND_MAX) await caughtUp();
  };

  let noted = 0;
  if (isAnew) {
    for await (const line of allLines(disk, journalFolder)) {
      await replay(line);
      noted += line.claims.length;
    }
  } else {
    for (const line of lines) await replay(line);
  }
  await caughtUp();
  const lastClaims = lines.findLast(({ claims }) => claims.length > 0)?.claims ?? [];

  const found: KeysFound =
    health.kind === 'damaged'
      ? { kind: 'damaged', noted }
      : health.kind === 'none'
        ? { kind: 'none', noted }
        : { kind: 'whole' };

  return {
    found,

    find,

    async claim(claims) {
      if (behind.size > BEHIND_MAX) await caughtUp();
      await tell(claims);
      // Not awaited: more can be claimed meanwhile. If this fails, the next claim that must wait for it gets the error.
      caughtUp().catch(() => undefined);
    },

    async withdraw(claims) {
      release(claims);
      untold.push(...claims.map(({ hash }) => hash));
      try {
        await tell([]);
        await caughtUp();
      } catch {
        // The next claim withdraws them before it notes its own, or fails.
        return;
      }
    },

    unsettled(since) {
      const found = new Map<string, Claim>();
      for (const { hash } of lastClaims) {
        const claim = find(hash);
        if (claim !== undefined) found.set(hash, claim);
      }
      for (const claim of table.since(since)) found.set(claim.hash, claim);
      return [...found.values()];
    },

    async drop(claims) {
      release(claims);
      untold.push(...claims.map(({ hash }) => hash));
      await tell([]);
      await caughtUp();
    },

    async forgetBefore(timestamp) {
      await caughtUp();
      await table.forgetBefore(timestamp);
      await journal.forgetBefore(timestamp);
    },

    async take(claims) {
      await tell(claims);
      await caughtUp();
    },

    async *all() {
      await caughtUp();
      yield* allOf(table);
    },

    async close() {
      let isWhole = false;
      try {
        await caughtUp();
        isWhole = untold.length === 0;
      } finally {
        await journal.close();
        await table.close();
      }
      if (isWhole) await noteClosed(disk, folder, journal.end);
    },
  };
}
