import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Counts by hash, in a file. */
export interface SpilledCounts {
  /** Increments the count; returns its previous value. */
  next(hash: Buffer): number;
  set(hash: Buffer, count: number): void;
  close(): void;
}

/** Hashes of this length don't collide by chance: among a billion hashes, the probability of an equal pair is 1 in 10¹¹. */
export const HASH_BYTES = 12;
const COUNT_BYTES = 4;
const SLOT_BYTES = HASH_BYTES + COUNT_BYTES;
const SLOTS_AT_FIRST = 2 ** 19;
/** Beyond this load factor, the hash table gets slow. */
const FULL_SHARE_MAX = 0.6;
const SLOTS_COPIED_AT_ONCE = 2 ** 16;

interface Table {
  readonly file: number;
  /** A power of two. */
  readonly slots: number;
  used: number;
}

/**
 * A hash table with linear probing. A slot is the hash and its count; a count of 0 is an empty slot. The file has no name, so
 * that nothing of it remains, however the process ends. Reads and writes go to the system's cache as long as there is room.
 */
export function spilledCounts(slotsAtFirst = SLOTS_AT_FIRST): SpilledCounts {
  let table: Table = { file: namelessFile(), slots: slotsAtFirst, used: 0 };

  const update = (hash: Buffer, change: (before: number) => number): number => {
    const found = find(table, hash);
    const slot = Buffer.concat([hash, Buffer.alloc(COUNT_BYTES)]);
    slot.writeUInt32LE(change(found.count), HASH_BYTES);
    writeSync(table.file, slot, 0, SLOT_BYTES, found.at * SLOT_BYTES);
    if (found.count === 0) table.used += 1;
    if (table.used > table.slots * FULL_SHARE_MAX) table = grown(table);
    return found.count;
  };

  return {
    next: (hash) => update(hash, (before) => before + 1),
    set: (hash, count) => void update(hash, () => count),
    close: () => closeSync(table.file),
  };
}

/** Finds the slot with the hash, or the empty slot for it. */
function find({ file, slots }: Table, hash: Buffer): { readonly at: number; readonly count: number } {
  const slot = Buffer.alloc(SLOT_BYTES);
  for (let at = hash.readUInt32LE(0) % slots; ; at = (at + 1) % slots) {
    // All slots after the end of the file are empty.
    const read = readSync(file, slot, 0, SLOT_BYTES, at * SLOT_BYTES);
    const count = read < SLOT_BYTES ? 0 : slot.readUInt32LE(HASH_BYTES);
    if (count === 0 || slot.subarray(0, HASH_BYTES).equals(hash)) return { at, count };
  }
}

function grown(old: Table): Table {
  const table: Table = { file: namelessFile(), slots: old.slots * 2, used: old.used };
  const chunk = Buffer.alloc(SLOTS_COPIED_AT_ONCE * SLOT_BYTES);
  for (let from = 0; ; from += chunk.length) {
    const read = readSync(old.file, chunk, 0, chunk.length, from);
    for (let at = 0; at + SLOT_BYTES <= read; at += SLOT_BYTES) {
      const slot = chunk.subarray(at, at + SLOT_BYTES);
      if (slot.readUInt32LE(HASH_BYTES) === 0) continue;
      const place = find(table, slot.subarray(0, HASH_BYTES));
      writeSync(table.file, slot, 0, SLOT_BYTES, place.at * SLOT_BYTES);
    }
    if (read < chunk.length) break;
  }
  closeSync(old.file);
  return table;
}

function namelessFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'colloquium-'));
  const file = openSync(join(folder, 'counts'), 'wx+', 0o600);
  rmSync(folder, { recursive: true });
  return file;
}
