import { nodeFileSystem, type FileSystem } from '../../files/index.js';
import { FolderWatch, type WatchTalk, type WatchWorld } from '../../sources/index.js';
import { countStored } from './count-stored.js';
import { FileLedger, type FileUnderWay } from './file-ledger.js';
import { findLedger, type LedgerOwner } from './find-ledger.js';
import { FolderReader, type FileTalk, type FolderReading } from './folder-reader.js';

/** A folder whose files are to be stored. */
export interface FolderInput extends LedgerOwner {
  /** Patterns of file names. */
  readonly patterns: readonly string[];
  /** Paths of files that are never read, under any name: the daemon writes stored events to them. */
  readonly ownFiles?: readonly string[];
  /** How long a last line waits for its newline, in milliseconds. */
  readonly unfinishedLineMs: number;
  /** Whether the ledger is synced to the disk, as the events are. */
  readonly isSynced: boolean;
  /** Throws if the state folder must not be written to. */
  readonly check?: () => void;
}

export interface FolderTalk extends FileTalk, WatchTalk {
  /** Called with the number of lines of the folder's ledger that can't be read. */
  readonly notesDamaged: (path: string, lines: number) => void;
}

/** The clock, and the folder's file system; default: this machine's. */
export interface FolderWorld extends WatchWorld {
  readonly fs?: FileSystem;
}

/**
 * Stores the lines of a folder's files, each once, across restarts and crashes: the log's records of the file being read
 * determine where to continue. A file is recognized whatever its name: a renamed file is not stored again, a
 * longer one is continued, a truncated or rewritten one is read from its start.
 *
 * @param signal ends it after the current block is stored
 * @throws LogError; the operating system's errors of the ledger
 */
export async function ingestFolder(
  input: FolderInput,
  intake: FolderReading['intake'],
  talk: FolderTalk,
  world: FolderWorld,
  signal: AbortSignal,
): Promise<void> {
  const { folder, patterns, ownFiles = [], pipeline, unfinishedLineMs, isSynced, check } = input;
  const { fs = nodeFileSystem } = world;
  const ledger = await FileLedger.open({ ...(await findLedger(input)), isSynced, check, fs, keys: input.keys });
  try {
    if (ledger.damagedLines > 0) talk.notesDamaged(ledger.path, ledger.damagedLines);
    if (ledger.underWay !== undefined) await settle(ledger, ledger.underWay, pipeline, intake);
    const isKnown = (node: string): boolean => ledger.files.ofNode(node) !== undefined;
    const watch = new FolderWatch({ folder, patterns, isKnown, ownFiles, talk, world, fs });
    const reader = new FolderReader({ ledger, present: watch, fs, pipeline, unfinishedLineMs, intake, talk });
    for await (const file of watch.files(signal)) {
      if (signal.aborted) break;
      await reader.read(file, signal);
    }
  } finally {
    await ledger.close();
  }
}

/** Counts the log's records of the file that was being read, so that reading continues behind them. */
async function settle(
  ledger: FileLedger,
  { file, source, from, then }: FileUnderWay,
  pipeline: string,
  intake: FolderReading['intake'],
): Promise<void> {
  const { all, withoutKey } = await countStored(intake, from, source, pipeline);
  const ahead = (file.ahead ?? 0) + withoutKey;
  if (then !== undefined) await ledger.done(all > 0 ? then : file);
  else await ledger.done(ahead > 0 ? { ...file, ahead } : file);
}
