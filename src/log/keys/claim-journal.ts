/*
 * The journal holds all claims in order: one guarded line per batch, synced before the batch's records are written. It lies
 * beside the segments, in files; a long file is followed by a new one:
 *
 *   claims-000001-1752195600000     the file's number, and the time of its first claim
 *   {"gone":["hash",…],"claims":["hash timestamp id",…],"crc":"…"}
 *
 * A claim may have a fourth word, the fingerprint of what its key stands for.
 *
 * `gone` are keys that were claimed earlier and whose records were not stored; they apply before the line's claims. The table
 * of all keys lags behind the newest file and catches up in large transactions. Older files are kept as long as their records:
 * a damaged or missing table is rebuilt from them.
 */
import { join } from 'node:path';
import type { Disk, DiskFile } from '../disk/disk.js';
import { readFile, removeIfThere, writeWhole } from '../disk/whole.js';
import { guardedLine, NEWLINE, readGuardedLine } from '../format/line.js';
import type { Claim } from './key-index.js';

/** A file of this length is followed by a new one as soon as possible. */
const BYTES_MAX = 4 << 20;

const FILE = /^claims-([0-9]{6,15})-([0-9]{1,16})$/;
const NUMBER_DIGITS = 6;

/** One line of the journal. */
export interface JournalLine {
  /** Hashes of keys. */
  readonly gone: readonly string[];
  readonly claims: readonly Claim[];
}

/** Where a journal ends. */
export interface JournalEnd {
  /** The number of its newest file; 0 if there is none. */
  readonly number: number;
  /** The length of that file. */
  readonly bytes: number;
}

export interface ClaimJournal {
  readonly end: JournalEnd;
  /** Whether the newest file is long enough that a new one should follow. */
  readonly isLong: () => boolean;
  /** Adds a line, which is durable when the promise resolves. If it fails, the next line overwrites it. */
  add(line: JournalLine): Promise<void>;
  /** Starts a new file with the next line: the table has everything from the earlier ones. */
  beginAnew(): Promise<void>;
  /** Removes the files that hold only claims of records older than `timestamp`. */
  forgetBefore(timestamp: number): Promise<void>;
  close(): Promise<void>;
}

interface JournalFile {
  readonly number: number;
  /** The time of its first claim. */
  readonly timestamp: number;
  readonly path: string;
}

/**
 * Opens the journal in a folder for writing, behind the last whole line.
 *
 * @param known where the journal ended when the table had all of it
 * @returns also the lines that the table may lack
 */
export async function openClaimJournal(
  disk: Disk,
  folder: string,
  known?: JournalEnd,
): Promise<{ readonly journal: ClaimJournal; readonly lines: readonly JournalLine[] }> {
  let newest = (await journalFiles(disk, folder)).at(-1);
  const { lines, end } = newest === undefined ? NO_LINES : await linesBehind(disk, newest, known);
  let number = newest?.number ?? 0;
  let bytes = end;
  let file: DiskFile | undefined = newest && (await disk.open(newest.path, 'update'));

  const fileFor = async (timestamp: number): Promise<DiskFile> => {
    if (file !== undefined) return file;
    number += 1;
    newest = { number, timestamp, path: join(folder, fileName(number, timestamp)) };
    await removeIfThere(disk, newest.path);
    file = await disk.open(newest.path, 'create');
    bytes = 0;
    await disk.syncFolder(folder);
    return file;
  };

  const journal: ClaimJournal = {
    get end() {
      return { number, bytes };
    },
    isLong: () => bytes >= BYTES_MAX,
    async add({ gone, claims }) {
      const line = guardedLine({ gone, claims: claims.map(claimText) });
      const into = await fileFor(claims[0]?.timestamp ?? newest?.timestamp ?? 0);
      await writeWhole(into, line, bytes);
      await into.datasync();
      bytes += line.length;
    },
    async beginAnew() {
      await file?.close();
      file = undefined;
    },
    async forgetBefore(timestamp) {
      const files = await journalFiles(disk, folder);
      for (const [index, { path }] of files.entries()) {
        // Claims are ordered by time: all claims of a file come before the first one of the next file.
        const next = files[index + 1];
        if (next === undefined || next.timestamp >= timestamp) return;
        await removeIfThere(disk, path);
      }
    },
    close: async () => file?.close(),
  };
  return { journal, lines };
}

/** The lines of a journal's newest file. */
export async function newestLines(disk: Disk, folder: string): Promise<readonly JournalLine[]> {
  const newest = (await journalFiles(disk, folder)).at(-1);
  return newest === undefined ? [] : (await readLines(disk, newest)).lines;
}

/** All lines of a journal, file by file. */
export async function* allLines(disk: Disk, folder: string): AsyncGenerator<JournalLine, void, void> {
  for (const file of await journalFiles(disk, folder)) yield* (await readLines(disk, file)).lines;
}

interface Lines {
  readonly lines: readonly JournalLine[];
  /** Where the last line ends. */
  readonly end: number;
}

const NO_LINES: Lines = { lines: [], end: 0 };

async function linesBehind(disk: Disk, file: JournalFile, known: JournalEnd | undefined): Promise<Lines> {
  const isThere = known?.number === file.number && known.bytes === (await disk.size(file.path));
  return isThere ? { lines: [], end: known.bytes } : readLines(disk, file);
}

/** Lists the files, oldest first. */
async function journalFiles(disk: Disk, folder: string): Promise<readonly JournalFile[]> {
  const files = (await disk.list(folder)).flatMap((name) => {
    const match = FILE.exec(name);
    return match === null ? [] : [{ number: Number(match[1]), timestamp: Number(match[2]), path: join(folder, name) }];
  });
  return files.sort((a, b) => a.number - b.number);
}

function fileName(number: number, timestamp: number): string {
  return `claims-${String(number).padStart(NUMBER_DIGITS, '0')}-${timestamp}`;
}

/** Reads up to the first torn or unfinished line. */
async function readLines(disk: Disk, { path }: JournalFile): Promise<Lines> {
  const content = (await readFile(disk, path)) ?? Buffer.alloc(0);
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

/** Formats a claim as text; an id has no spaces. */
export function claimText({ hash, timestamp, id, fingerprint }: Claim): string {
  return fingerprint === undefined ? `${hash} ${timestamp} ${id}` : `${hash} ${timestamp} ${id} ${fingerprint}`;
}

export function claimOf(text: string): Claim {
  const [hash = '', timestamp = '', id = '', fingerprint] = text.split(' ');
  return { hash, timestamp: Number(timestamp), id, ...(fingerprint !== undefined && { fingerprint }) };
}
