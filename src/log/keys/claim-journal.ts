/*
 * What was claimed last, in the order it happened: one guarded line for each claim, synced before the claim's records are
 * written. The table of all keys is behind it, and catches up in large transactions; then the journal starts anew.
 *
 *   {"gone":["hash",…],"claims":["hash timestamp id",…],"crc":"…"}
 *
 * A claim may have a fourth word, the fingerprint of what its key stands for.
 *
 * `gone` are keys claimed before whose records were not stored. They go first.
 */
import { join } from 'node:path';
import type { Disk } from '../disk/disk.js';
import { readFile, writeWhole } from '../disk/whole.js';
import { guardedLine, NEWLINE, readGuardedLine } from '../format/line.js';
import type { Claim } from './key-index.js';

/** A journal this long is started anew as soon as that can be. */
const BYTES_MAX = 4 << 20;

const FILE = 'claims';

/** One line of the journal. */
export interface JournalLine {
  /** Hashes. */
  readonly gone: readonly string[];
  readonly claims: readonly Claim[];
}

export interface ClaimJournal {
  /** Worth being started anew. */
  readonly isLong: () => boolean;
  /** Adds a line; durable when the promise resolves. When it fails, the next line takes its place. */
  add(line: JournalLine): Promise<void>;
  /** Starts anew: what it said is elsewhere. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the journal in a folder for writing, and gives what it says: up to the first line that is torn or was never ended. */
export async function openClaimJournal(
  disk: Disk,
  folder: string,
): Promise<{ readonly journal: ClaimJournal; readonly lines: readonly JournalLine[] }> {
  const path = join(folder, FILE);
  const { lines, end } = await readJournal(disk, folder);
  const isNew = (await disk.size(path)) === undefined;
  const file = await disk.open(path, isNew ? 'create' : 'update');
  if (isNew) await disk.syncFolder(folder);
  let bytes = end;
  return {
    lines,
    journal: {
      isLong: () => bytes >= BYTES_MAX,
      async add({ gone, claims }) {
        const line = guardedLine({ gone, claims: claims.map(claimText) });
        await writeWhole(file, line, bytes);
        await file.datasync();
        bytes += line.length;
      },
      async reset() {
        await file.truncate(0);
        bytes = 0;
      },
      close: () => file.close(),
    },
  };
}

/** What the journal in a folder says, and where that ends. */
export async function readJournal(disk: Disk, folder: string): Promise<{ lines: JournalLine[]; end: number }> {
  const content = (await readFile(disk, join(folder, FILE))) ?? Buffer.alloc(0);
  const lines: JournalLine[] = [];
  let at = 0;
  for (;;) {
    const newline = content.indexOf(NEWLINE, at);
    const line = newline === -1 ? undefined : readGuardedLine(content.subarray(at, newline));
    if (!isLine(line)) return { lines, end: at };
    lines.push({ gone: line.gone, claims: line.claims.map(claimOf) });
    at = newline + 1;
  }
}

function isLine(value: unknown): value is { readonly gone: readonly string[]; readonly claims: readonly string[] } {
  if (typeof value !== 'object' || value === null || !('gone' in value) || !('claims' in value)) return false;
  return Array.isArray(value.gone) && Array.isArray(value.claims);
}

/** A claim as text; an id has no spaces. */
export function claimText({ hash, timestamp, id, fingerprint }: Claim): string {
  return fingerprint === undefined ? `${hash} ${timestamp} ${id}` : `${hash} ${timestamp} ${id} ${fingerprint}`;
}

export function claimOf(text: string): Claim {
  const [hash = '', timestamp = '', id = '', fingerprint] = text.split(' ');
  return { hash, timestamp: Number(timestamp), id, ...(fingerprint !== undefined && { fingerprint }) };
}
