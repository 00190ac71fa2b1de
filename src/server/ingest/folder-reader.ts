import {
  areSamplesThere,
  hasCode,
  packingOf,
  placeAt,
  requireZstd,
  type FileSystem,
  type FileStats,
  type PresentFiles,
} from '../../files/index.js';
import { EncryptedInputError, isDamage, RewrittenError, SourceError, type WatchedFile } from '../../sources/index.js';
import { countStored, type StoredLog } from './count-stored.js';
import type { FileRegister } from './file-register.js';
import { atRest, packingOfFile, type IngestedFile } from './ingested-file.js';
import type { Intake } from './ingest-blocks.js';
import { fromOldRecord } from './old-register.js';
import { packedOrigin } from './packed-origin.js';
import { readFileOn, readUnfinished, type FileIntake, type FileRead } from './read-file-on.js';

/** How long to wait before retrying a file that can't be opened or read. */
const RETRY_MS = 10_000;
/** How long to wait before checking a file that is still being copied. */
const COPYING_MS = 1000;
const FAILURES_MAX = 10_000;

/** Receives events in reading a folder that concern people. */
export interface FileTalk {
  readonly stored: (file: string, events: number) => void;
  /** Called once per file and reason. */
  readonly failed: (file: string, error: unknown) => void;
  /** The file was truncated or rewritten: it is read from its start. */
  readonly rewritten: (file: string) => void;
  /** A last line without a newline is treated as complete, whether or not it is an event. */
  readonly unfinished: (file: string, line: number, isEvent: boolean) => void;
  /** Such a line has grown: it is stored again, whole, or its rest is stored as a separate line. */
  readonly continued: (file: string, as: 'whole' | 'rest') => void;
  /** A new file is one that was already stored under another name. */
  readonly again: (file: string, earlier: string) => void;
}

export interface FolderReading {
  readonly register: FileRegister;
  readonly present: PresentFiles;
  readonly fs: FileSystem;
  readonly pipeline: string;
  readonly unfinishedLineMs: number;
  readonly intake: Omit<Intake, 'reader'> & { readonly newReader: () => Intake['reader']; readonly log: StoredLog };
  readonly talk: FileTalk;
}

/** Reads the files of a folder, each from where the last read ended. */
export class FolderReader {
  readonly #failures = new Map<string, string>();

  constructor(private readonly reading: FolderReading) {}

  /** @throws LogError; the operating system's errors of the register */
  async read(seen: WatchedFile, signal: AbortSignal): Promise<void> {
    const { register } = this.reading;
    const { name, path, stats } = seen;
    const known = stats.node === undefined ? undefined : register.files.ofNode(stats.node);
    if (known === undefined ? seen.isRenamedAway : isAllRead(known, stats)) return;
    if (this.#isRefused(seen, known)) return;
    let fd: number;
    try {
      fd = this.reading.fs.openUnlinked(path);
    } catch (error) {
      // The file existed at the last check; the next check will find out what happened.
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK')) return;
      this.#fail(seen, error);
      seen.again(RETRY_MS);
      return;
    }
    try {
      const now = this.reading.fs.fstat(fd);
      if (now.kind !== 'file' || now.node !== stats.node) return;
      const record = await this.#recordOf(seen, fd, now);
      if (record === undefined && !seen.isRenamedAway) seen.again(COPYING_MS);
      if (record !== undefined) await this.#readOn(seen, fd, now, record, signal);
      this.#failures.delete(name);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#fail(seen, error);
    } finally {
      this.reading.fs.close(fd);
    }
  }

  /** Whether a file is compressed in a way that this version of Node can't read. It stays as it is, for a version that can. */
  #isRefused(seen: WatchedFile, known: IngestedFile | undefined): boolean {
    const packing = known === undefined ? packingOf(seen.name) : packingOfFile(known);
    if (packing !== 'zstd') return false;
    try {
      requireZstd();
      return false;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#fail(seen, new Error(`${reason}; decompress it with zstd -d`));
      return true;
    }
  }

  async #readOn(
    seen: WatchedFile,
    fd: number,
    stats: FileStats,
    record: IngestedFile,
    signal: AbortSignal,
  ): Promise<void> {
    const { register, present, talk, unfinishedLineMs } = this.reading;
    const { path } = seen;
    const intake = this.#fileIntake();
    let progress: Pick<FileRead, 'record' | 'stored'> = { record, stored: 0 };
    try {
      const read = await readFileOn({ fd, path, stats, record }, intake, signal, (now) => (progress = now));
      if (read.continued !== undefined) talk.continued(path, read.continued);
      if (read.stored > 0) talk.stored(path, read.stored);
      if (isWorthNoting(record, read)) await register.done(read.record, present);
      if (signal.aborted || !(read.isUnfinished || read.isCutOff)) return;
      if (!seen.isAtRest || seen.waitedMs < unfinishedLineMs) seen.again(unfinishedLineMs);
      else await this.#giveUpWaiting(seen, fd, read, intake, signal);
    } catch (error) {
      if (error instanceof RewrittenError) {
        talk.rewritten(path);
        await this.#forgetContent(progress.record);
      } else if (error instanceof SourceError) {
        // Damaged or encrypted data stays so until the file changes; a disk error may be temporary.
        const isDamaged = isDamage(error.cause) || error.cause instanceof EncryptedInputError;
        const { size, stamp } = stats;
        const known = atRest(progress.record);
        await register.done(isDamaged ? { ...known, seen: { size, stamp } } : progress.record, present);
        if (progress.stored > 0) talk.stored(path, progress.stored);
        if (!isDamaged) seen.again(RETRY_MS);
        throw error;
      } else throw error;
    }
  }

  async #giveUpWaiting(
    seen: WatchedFile,
    fd: number,
    { record, isUnfinished, isCutOff }: FileRead,
    intake: FileIntake,
    signal: AbortSignal,
  ): Promise<void> {
    const { register, present, talk } = this.reading;
    const { path } = seen;
    if (isUnfinished) {
      const { record: then, kind } = await readUnfinished({ fd, path, record }, intake, signal);
      await register.done(then, present);
      if (kind !== 'none') talk.unfinished(path, record.place.lines + 1, kind === 'event');
    } else {
      await register.done(atRest(record), present);
    }
    if (isCutOff) this.#fail(seen, new Error(`the ${packingOfFile(record) ?? 'gzip'} data ends too early`));
  }

  /**
   * The record of a file, whatever its current name. @returns undefined if it may be an unfinished copy, or is not one of the
   * folder's files
   */
  async #recordOf(seen: WatchedFile, fd: number, stats: FileStats): Promise<IngestedFile | undefined> {
    const { register, present, talk } = this.reading;
    const { name, path } = seen;
    const { known, earlier } = register.files.recognize({ fd, name }, present);
    if (seen.isRenamedAway) return known && known.place.file.node === stats.node ? { ...known, name } : undefined;
    if (known === undefined && !seen.isAtRest && register.files.isCopy({ fd, name }, present)) return undefined;
    if (earlier !== undefined) {
      if (earlier.known.name === name && earlier.known.place.offset > 0) talk.rewritten(path);
      await this.#forgetContent(earlier.known);
    }
    if (known !== undefined) {
      if (!this.#isWrittenAnew(known, fd, stats)) {
        if (isMadeAnew(known, stats)) talk.again(path, known.name);
        return { ...known, name };
      }
      talk.rewritten(path);
      await this.#forgetContent(known);
    }
    const packing = packingOf(name);
    const origin = packing && (await packedOrigin(fd, packing, register, present));
    if (origin !== undefined) talk.again(path, origin.name);
    const fresh: IngestedFile = {
      ...(origin && atRest(origin)),
      id: register.newId(),
      name,
      place: placeAt(fd, 0, origin?.place.lines ?? 0, this.reading.fs),
      seen: { size: 0, stamp: '' },
      ...(packing && { content: origin?.place.offset ?? 0 }),
      ...(packing === 'zstd' && { packing }),
    };
    if (origin !== undefined) return fresh;
    return (await this.#oldRecordOf(fresh, path, fd, stats)) ?? fresh;
  }

  /** Whether a file of unchanged length has different content between the parts that identify it. */
  #isWrittenAnew({ samples, place, seen }: IngestedFile, fd: number, { size }: FileStats): boolean {
    if (samples === undefined || size !== seen.size) return false;
    return !areSamplesThere(samples, fd, place.offset, this.reading.fs);
  }

  async #oldRecordOf(
    fresh: IngestedFile,
    path: string,
    fd: number,
    { size }: FileStats,
  ): Promise<IngestedFile | undefined> {
    const { register, pipeline, intake } = this.reading;
    const old = register.old.get(fresh.name);
    if (old === undefined) return undefined;
    const more = old.from === undefined ? 0 : (await countStored(intake, old.from, path, pipeline)).withoutKey;
    return fromOldRecord(old, fresh, { fd, fs: this.reading.fs, fileSize: size, more });
  }

  /** The inode now holds different content. The earlier content may exist elsewhere and gets a record of its own. */
  async #forgetContent(record: IngestedFile): Promise<void> {
    const { register, present } = this.reading;
    const { head } = record.place.file;
    await register.done({ ...record, name: '', place: { ...record.place, file: { head } } }, present);
  }

  #fileIntake(): FileIntake {
    const { intake, register, pipeline, fs } = this.reading;
    return { ...intake, reader: intake.newReader(), register, pipeline, fs };
  }

  #fail({ name, path }: WatchedFile, error: unknown): void {
    const reason = String(error);
    if (this.#failures.get(name) === reason) return;
    if (this.#failures.size >= FAILURES_MAX) this.#failures.clear();
    this.#failures.set(name, reason);
    this.reading.talk.failed(path, error);
  }
}

/** Whether a file is as it was when all of it was stored. */
function isAllRead({ seen, ahead, waits }: IngestedFile, { size, stamp }: FileStats): boolean {
  return seen.size === size && seen.stamp === stamp && ahead === undefined && waits === undefined;
}

/** Whether a file with a known file's content is a different file on the same disk: on another disk it would be a restored one. */
function isMadeAnew({ place }: IngestedFile, { node }: FileStats): boolean {
  const diskOf = (one = ''): string => one.slice(0, one.indexOf(':'));
  const { node: before } = place.file;
  return before !== node && diskOf(before) === diskOf(node);
}

function isWorthNoting(before: IngestedFile, { record, stored }: FileRead): boolean {
  return stored > 0 || before.seen.stamp !== '' || record.place.offset > 0;
}
