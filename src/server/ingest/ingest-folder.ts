import { nodeFileSystem, type FileSystem } from '../../files/index.js';
import { FolderWatch, type WatchTalk, type WatchWorld } from '../../sources/index.js';
import { countStored } from './count-stored.js';
import { FileLedger, type FileUnderWay } from './file-ledger.js';
import { findLedger, type LedgerOwner } from './find-ledger.js';
import { FolderReader, type FileTalk, type FolderReading } from './folder-reader.js';

/** A folder whose files are to be stored. */
export interface FolderInput extends LedgerOwner {
  /** Of file names. */
  readonly patterns: readonly string[];
  /** Paths of files that are never read, whatever other names they have: what is stored goes to them. */
  readonly ownFiles?: readonly string[];
  /** For so long a last line waits for its newline, in milliseconds. */
  readonly unfinishedLineMs: number;
  /** Whether what is noted of files is to be on the medium, as the events are. */
  readonly isSynced: boolean;
  /** Throws when nothing is to be written to the state folder. */
  readonly check?: () => void;
}

export interface FolderTalk extends FileTalk, WatchTalk {
  /** So many lines of what was noted of the folder's files can't be read. */
  readonly notesDamaged: (path: string, lines: number) => void;
}

/** Clock and waiting, and the file system that the folder is in: that of this machine, if nothing is said. */
export interface FolderWorld extends WatchWorld {
  readonly fs?: FileSystem;
}

/**
 * Stores the lines of a folder's files, each once, over restarts and crashes: what the log holds of the file that was being read
 * says where to go on. A file is known by what it is, whatever it is called: one that was renamed is not stored again, one that has
 * grown is read on, one that was cut or written anew is read from its start.
 *
 * @param signal ends it after the block that is being stored
 * @throws LogError; the operating system's errors of what is noted
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
  const ledger = await FileLedger.open({ ...(await findLedger(input)), isSynced, check, fs });
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

/** Counts what the log has of the file that was under way, so that it goes on behind that. */
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
