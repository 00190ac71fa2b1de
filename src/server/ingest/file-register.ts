import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openText, sealText, type KeyRing } from '../../crypt/index.js';
import { hasCode, KnownFileSet, type FileSystem, type PresentFiles } from '../../files/index.js';
import { parsePosition, type LogPosition } from '../../log/index.js';
import { isObject, parseIngestedFile, type IngestedFile } from './ingested-file.js';
import { parseOldLine, type OldRecord } from './old-register.js';

/** The most missing files that are remembered, because they may come back. */
const GONE_MAX = 50_000;
/** The register is rewritten when it exceeds the lines that it needs by half, plus this many. */
const LINES_SPARE = 1000;

/** What its lines are encrypted as. The first one is not: it says whose register this is. */
export const REGISTER_PLACE = { store: 'folder ledger', name: '' };

/** The file being read: the log's records of it behind `from` are not yet in its register record. */
export interface FileUnderWay {
  readonly file: IngestedFile;
  /** `metadata.source` of its events. */
  readonly source: string;
  readonly from: LogPosition;
  /** Set if only a last line without a newline remains to be stored: the file's record after that. */
  readonly then?: IngestedFile;
}

/** The folder and pipeline that a register belongs to. */
export interface RegisterHead {
  readonly folder: string;
  readonly pipeline: string;
}

export interface RegisterOptions {
  readonly path: string;
  readonly head: RegisterHead;
  /** Whether entries are synced to disk: pointless unless the events are. */
  readonly isSynced: boolean;
  /** Throws if the register's folder must not be written to. */
  readonly check?: (() => void) | undefined;
  /** The file system that the files are on. */
  readonly fs?: FileSystem | undefined;
  /** The least number of missing files that are remembered. */
  readonly goneMax?: number | undefined;
  /** With which the lines are encrypted. */
  readonly keys?: KeyRing | undefined;
  /** An older register to start from if none exists at `path`; it is removed if nobody else needs it. */
  readonly before?: { readonly path: string; readonly isForUsAlone: boolean } | undefined;
}

/**
 * Which files of a watched folder are stored, and how far: an append-only file of lines that is rewritten, shorter, when it is
 * opened and when it has become long. A line that a crash truncated is ignored.
 */
export class FileRegister {
  readonly files: KnownFileSet<IngestedFile>;
  /** The records of an earlier version, by file name. */
  readonly old = new Map<string, OldRecord>();
  #underWay: FileUnderWay | undefined;
  #file: FileHandle | undefined;
  #lines = 0;
  #lastId = 0;
  #damagedLines = 0;

  private constructor(private readonly options: RegisterOptions) {
    this.files = new KnownFileSet(options.fs);
  }

  /** @throws the operating system's errors */
  static async open(options: RegisterOptions): Promise<FileRegister> {
    const register = new FileRegister(options);
    const { path, before } = options;
    const text = (await readIfThere(path)) ?? (before && (await readIfThere(before.path))) ?? '';
    register.#replay(text);
    await register.#writeAnew();
    if (before?.isForUsAlone === true) await rm(before.path, { force: true });
    return register;
  }

  get path(): string {
    return this.options.path;
  }

  /** The file that was being read when the register was opened. */
  get underWay(): FileUnderWay | undefined {
    return this.#underWay;
  }

  /** Unreadable lines, not counting the last. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  /** An id for a new file. */
  newId(): number {
    return ++this.#lastId;
  }

  /** Records that a file is about to be read. */
  async begin(underWay: FileUnderWay): Promise<void> {
    await this.#add({ begin: underWay }, this.options.isSynced);
  }

  /** Records progress in the same file. This may get lost: the log has the same information. */
  async resume(underWay: FileUnderWay): Promise<void> {
    await this.#add({ begin: underWay }, false);
  }

  /** Records what is stored of a file now. */
  async done(record: IngestedFile, present?: PresentFiles): Promise<void> {
    this.#underWay = undefined;
    this.files.set(record);
    this.old.delete(record.name);
    if (present !== undefined && this.#lines > 1.5 * this.#needed + LINES_SPARE) {
      this.#forgetGone(present);
      await this.#writeAnew();
    } else {
      await this.#add({ file: record }, this.options.isSynced);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  get #needed(): number {
    return this.files.size + this.old.size;
  }

  /** Keeps the files that were read last: after a disk was unavailable, as many as ever existed at once may come back. */
  #forgetGone(present: PresentFiles): void {
    const gone = [...this.files.values()].filter((record) => this.files.isGone(record, present));
    const max = Math.max(this.options.goneMax ?? GONE_MAX, this.files.size - gone.length);
    for (const { id } of gone.slice(0, Math.max(0, gone.length - max))) this.files.delete(id);
  }

  async #writeAnew(): Promise<void> {
    const { path, head } = this.options;
    const lines: unknown[] = [];
    for (const [name, record] of this.old) lines.push({ done: { name, ...record } });
    for (const file of this.files.values()) lines.push({ file });
    if (this.#underWay !== undefined) lines.push({ begin: this.#underWay });
    this.options.check?.();
    await mkdir(dirname(path), { recursive: true });
    const fresh = await open(`${path}.tmp`, 'w', 0o600);
    try {
      await fresh.writeFile(
        [{ head }, ...lines].map((line, at) => (at === 0 ? `${JSON.stringify(line)}\n` : this.#lineOf(line))).join(''),
      );
      if (this.options.isSynced) await fresh.datasync();
      await rename(`${path}.tmp`, path);
      if (this.options.isSynced) await syncFolder(dirname(path));
    } catch (error) {
      await fresh.close();
      throw error;
    }
    await this.#file?.close();
    this.#file = fresh;
    this.#lines = lines.length + 1;
  }

  async #add(entry: unknown, isSynced: boolean): Promise<void> {
    if (this.#file === undefined) throw new Error('the register is closed');
    await this.#file.appendFile(this.#lineOf(entry));
    this.#lines += 1;
    if (isSynced) await this.#file.datasync();
  }

  #lineOf(entry: unknown): string {
    const { keys } = this.options;
    const line = JSON.stringify(entry);
    return `${keys === undefined ? line : sealText(keys, REGISTER_PLACE, line)}\n`;
  }

  #replay(text: string): void {
    const lines = text.split('\n');
    for (const [at, line] of lines.entries()) {
      if (line === '') continue;
      const entry = parseLine(openText(this.options.keys, { ...REGISTER_PLACE, path: this.path }, line) ?? '');
      if (!this.#take(entry) && at < lines.length - 1) this.#damagedLines += 1;
    }
  }

  /** @returns whether the entry is valid */
  #take(entry: unknown): boolean {
    if (!isObject(entry)) return false;
    if ('head' in entry) return true;
    const file = parseIngestedFile(entry['file']);
    if (file !== undefined) {
      this.#know(file);
      this.#underWay = undefined;
      return true;
    }
    const underWay = parseUnderWay(entry['begin']);
    if (underWay !== undefined) {
      this.#know(underWay.file);
      this.#underWay = underWay;
      return true;
    }
    const old = parseOldLine(entry);
    if (old === undefined) return false;
    this.old.set(old.name, old.record);
    return true;
  }

  #know(record: IngestedFile): void {
    this.files.set(record);
    this.#lastId = Math.max(this.#lastId, record.id);
  }
}

function parseUnderWay(value: unknown): FileUnderWay | undefined {
  if (!isObject(value)) return undefined;
  const { source } = value;
  const file = parseIngestedFile(value['file']);
  const from = parsePosition(value['from']);
  if (file === undefined || from === undefined || typeof source !== 'string') return undefined;
  const then = parseIngestedFile(value['then']);
  return { file, source, from, ...(then && { then }) };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
