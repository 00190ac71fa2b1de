import { nodeFileSystem, type FileSystem } from '../../files/index.js';
import { FolderWatch, type WatchTalk, type WatchWorld } from '../../sources/index.js';
import { countStored } from './count-stored.js';
import { FileRegister, type FileUnderWay } from './file-register.js';
import { findRegister, type RegisterOwner } from './find-register.js';
import { FolderReader, type FileTalk, type FolderReading } from './folder-reader.js';

/** A folder whose files are to be stored. */
export interface FolderInput extends RegisterOwner {
  /** Patterns of file names. */
  readonly patterns: readonly string[];
  /** Paths of files that are never read, under any name: the daemon writes stored events to them. */
  readonly ownFiles?: readonly string[];
  /** How long a last line waits for its newline, in milliseconds. */
  readonly unfinishedLineMs: number;
  /** Whether the register is synced to the disk, as the events are. */
  readonly isSynced: boolean;
  /** Throws if the state folder must not be written to. */
  readonly check?: () => void;
}

export interface FolderTalk extends FileTalk, WatchTalk {
  /** Called with the number of lines of the folder's register that can't be read. */
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
 * @throws LogError; the operating system's errors of the register
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
  const register = await FileRegister.open({ ...(await findRegister(input)), isSynced, check, fs, keys: input.keys });
  try {
    if (register.damagedLines > 0) talk.notesDamaged(register.path, register.damagedLines);
    if (register.underWay !== undefined) await settle(register, register.underWay, pipeline, intake);
    const isKnown = (node: string): boolean => register.files.ofNode(node) !== undefined;
    const watch = new FolderWatch({ folder, patterns, isKnown, ownFiles, talk, world, fs });
    const reader = new FolderReader({ register, present: watch, fs, pipeline, unfinishedLineMs, intake, talk });
    for await (const file of watch.files(signal)) {
      if (signal.aborted) break;
      await reader.read(file, signal);
    }
  } finally {
    await register.close();
  }
}

/** Counts the log's records of the file that was being read, so that reading continues behind them. */
async function settle(
  register: FileRegister,
  { file, source, from, then }: FileUnderWay,
  pipeline: string,
  intake: FolderReading['intake'],
): Promise<void> {
  const { all, withoutKey } = await countStored(intake, from, source, pipeline);
  const ahead = (file.ahead ?? 0) + withoutKey;
  if (then !== undefined) await register.done(all > 0 ? then : file);
  else await register.done(ahead > 0 ? { ...file, ahead } : file);
}
