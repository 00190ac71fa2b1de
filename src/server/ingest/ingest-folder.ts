import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LogBlock, Position, ReadOptions } from '../../log/index.js';
import { readStoredEvent } from '../../pipeline/index.js';
import { completedFiles, openSource, SourceError } from '../../sources/index.js';
import { FileLedger, type FileUnderWay } from './file-ledger.js';
import { ingestBlocks, type Intake } from './ingest-blocks.js';

/** A folder whose files are to be stored. */
export interface FolderInput {
  readonly folder: string;
  readonly pattern: string;
  readonly pipeline: string;
  /** Where what is known of its files is kept. */
  readonly stateFolder: string;
}

export interface FolderTalk {
  readonly stored: (file: string, events: number) => void;
  readonly failed: (file: string, error: unknown) => void;
}

/** The stored log, as far as ingestion looks into it. */
interface ReadableStore {
  readonly end: Position;
  read(options: ReadOptions): AsyncIterable<LogBlock>;
}

/**
 * Stores every completed file of a folder, each line once, over restarts and crashes: what the log holds of the file that was
 * being read says where to go on. A file is known by its inode: when it has grown, the rest of it is stored.
 *
 * @param signal ends it after the block that is being stored
 */
export async function ingestFolder(
  input: FolderInput,
  intake: Omit<Intake, 'reader'> & { readonly newReader: () => Intake['reader']; readonly log: ReadableStore },
  talk: FolderTalk,
  signal: AbortSignal,
): Promise<void> {
  const { folder, pattern, pipeline } = input;
  await mkdir(folder, { recursive: true });
  const ledger = await FileLedger.open(ledgerPath(input), (name) => existsSync(join(folder, name)));
  try {
    if (ledger.underWay !== undefined) await settle(ledger, ledger.underWay, folder, intake.log);
    for await (const path of completedFiles(folder, pattern, signal, (error) => talk.failed(folder, error))) {
      await ingestFile(path);
    }
  } finally {
    await ledger.close();
  }

  async function ingestFile(path: string): Promise<void> {
    const name = basename(path);
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isFile() !== true) return;
    const { ino: inode, size } = stats;
    const known = ledger.get(name);
    const skip = known?.inode === inode ? known.lines : 0;
    if (known?.inode === inode && known.size === size) return;
    await ledger.begin({ name, inode, from: intake.log.end, lines: skip });
    let lines = skip;
    try {
      const source = openSource(path, { lineBytesMax: intake.lineBytesMax, follow: false });
      await ingestBlocks(
        { ...intake, reader: intake.newReader() },
        { source: path, pipeline, blocks: source.blocks(signal), skip, onStored: (stored) => (lines = stored) },
      );
      // When it was stopped, the next start counts in the log how far it came.
      if (signal.aborted) return;
      talk.stored(path, lines - skip);
    } catch (error) {
      // A file that can't be read keeps no other from being read; a log that can't store does.
      if (!(error instanceof SourceError)) throw error;
      talk.failed(path, error);
    }
    await ledger.done(name, { inode, size, lines });
  }
}

/** Counts what the log has of the file that was under way, so that it goes on there. */
async function settle(
  ledger: FileLedger,
  { name, inode, from, lines }: FileUnderWay,
  folder: string,
  log: ReadableStore,
): Promise<void> {
  const source = join(folder, name);
  let stored = 0;
  for await (const { bytes } of log.read({ from })) {
    for (const line of bytes.toString('utf8').split('\n')) {
      if (line !== '' && readStoredEvent(line)?.origin.source === source) stored += 1;
    }
  }
  await ledger.done(name, { inode, size: -1, lines: lines + stored });
}

function ledgerPath({ folder, stateFolder }: FolderInput): string {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(stateFolder, 'folders', `${basename(folder).replaceAll(/[^A-Za-z0-9_.-]/g, '_')}-${hash}.ndjson`);
}
