import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parsePosition, type Position } from '../../log/index.js';

/** What was stored of a file. */
export interface FileRecord {
  /** The file itself, whatever it is called. */
  readonly inode: number;
  /** Bytes when it was read to its end; −1 when it was not. */
  readonly size: number;
  /** Lines stored. */
  readonly lines: number;
}

/** The file that is being read: what the log has of it behind `from` is not in the ledger yet. */
export interface FileUnderWay {
  readonly name: string;
  readonly inode: number;
  readonly from: Position;
  /** Lines that were stored before that. */
  readonly lines: number;
}

/** What a ledger's lines say. */
type Entry = { readonly begin: FileUnderWay } | { readonly done: { readonly name: string } & FileRecord };

/**
 * Which files of a watched folder are stored, durably: a file of lines that is added to, and made anew, shorter, when it is
 * opened. A line that a crash cut off says nothing.
 */
export class FileLedger {
  readonly #files: Map<string, FileRecord>;
  readonly #file: FileHandle;
  /** The file that was being read when the ledger was opened. */
  readonly underWay: FileUnderWay | undefined;

  private constructor(file: FileHandle, files: Map<string, FileRecord>, underWay: FileUnderWay | undefined) {
    this.#file = file;
    this.#files = files;
    this.underWay = underWay;
  }

  /**
   * @param isThere whether a file of this name is still in the folder: the others are forgotten
   * @throws the operating system's errors
   */
  static async open(path: string, isThere: (name: string) => boolean): Promise<FileLedger> {
    const { files, underWay } = replay(await readIfThere(path));
    for (const name of files.keys()) if (!isThere(name)) files.delete(name);
    const lines: Entry[] = [...files].map(([name, record]) => ({ done: { name, ...record } }));
    if (underWay !== undefined) lines.push({ begin: underWay });
    await mkdir(dirname(path), { recursive: true });
    const fresh = await open(`${path}.tmp`, 'w', 0o600);
    await fresh.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await fresh.datasync();
    await rename(`${path}.tmp`, path);
    const folder = await open(join(path, '..'), 'r');
    await folder.sync();
    await folder.close();
    return new FileLedger(fresh, files, underWay);
  }

  /** What is known of the file of this name. */
  get(name: string): FileRecord | undefined {
    return this.#files.get(name);
  }

  /** A file is about to be read. */
  async begin(file: FileUnderWay): Promise<void> {
    await this.#add({ begin: file });
  }

  /** What is stored of a file now. */
  async done(name: string, record: FileRecord): Promise<void> {
    this.#files.set(name, record);
    await this.#add({ done: { name, ...record } });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #add(entry: Entry): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(entry)}\n`);
    await this.#file.datasync();
  }
}

function replay(text: string): {
  readonly files: Map<string, FileRecord>;
  readonly underWay: FileUnderWay | undefined;
} {
  const files = new Map<string, FileRecord>();
  let underWay: FileUnderWay | undefined;
  for (const line of text.split('\n')) {
    const entry = parseEntry(line);
    if (entry === undefined) continue;
    if ('begin' in entry) {
      underWay = entry.begin;
    } else {
      const { name, ...record } = entry.done;
      files.set(name, record);
      underWay = undefined;
    }
  }
  return { files, underWay };
}

function parseEntry(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Entry;
    const isWhole =
      'begin' in entry ? parsePosition(entry.begin.from) !== undefined : typeof entry.done.name === 'string';
    return isWhole ? entry : undefined;
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
