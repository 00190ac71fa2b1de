import { join } from 'node:path';
import { KeyError } from '../crypt/index.js';
import { LmdbMissingError } from '../lmdb/index.js';
import type { Lock } from '../world/lock/index.js';
import { diskError } from './disk-error.js';
import { guardedDisk } from './disk/guarded-disk.js';
import { FolderGuard } from './folder-guard.js';
import type { LogPosition } from './format/position.js';
import type { LogHead } from './head/log-head.js';
import { takeHead } from './head/take-head.js';
import { openKeyHasher, type KeyHasher } from './keys/key-hasher.js';
import type { KeyIndex, KeysFound } from './keys/key-index.js';
import { openKeyIndex } from './keys/open-key-index.js';
import { readClaims } from './keys/read-claims.js';
import { settleKeys } from './keys/settle-keys.js';
import { DisplacedError, LogError } from './log-error.js';
import { takeLogLock } from './log-lock.js';
import { resolveLogOptions, type LogOptions, type ResolvedLogOptions } from './log-options.js';
import type { Damage } from './read/damage.js';
import type { LogBlock } from './read/log-block.js';
import { MovingEnd } from './read/log-end.js';
import { readLog, type LogReadOptions, type WritersFolder } from './read/read-log.js';
import { RecordCounter } from './read/record-counter.js';
import { recover, type Recovery } from './recover/recover.js';
import type { TornTail } from './recover/torn-tail.js';
import { listSegments, segmentBytesOnDisk } from './segment/folder.js';
import { Packer } from './segment/packer.js';
import { requireKeys } from './segment/require-keys.js';
import { backupLog, type BackupReport } from './upkeep/backup.js';
import { describeSegments, type SegmentInfo } from './upkeep/list-segments.js';
import { inspectLog } from './upkeep/inspect.js';
import { pruneLog, type PruneOptions, type PruneReport } from './upkeep/prune.js';
import { verifyLog, type LocatedDamage, type VerifySummary } from './upkeep/verify.js';
import type { LogWorld } from './log-world.js';
import { AppendQueue } from './write/append-queue.js';
import type { AppendBatch } from './write/append-batch.js';
import type { LogEntry, Receipt } from './write/entry.js';
import type { LogLines } from './write/log-lines.js';
import { KeyGate } from './write/key-gate.js';
import { LogClock } from './write/log-clock.js';
import { RecentBuffer, type RecentRecords } from './write/recent-records.js';
import { SegmentWriter } from './write/segment-writer.js';

/** The current figures of a log. */
export interface LogStats {
  /** Bytes of all segments on the disk. */
  readonly bytes: number;
  readonly segments: number;
  /** Records currently kept in memory. */
  readonly memoryRecords: number;
  /** Records waiting for the disk. */
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  /** Records stored since the log was opened. */
  readonly storedRecords: number;
  readonly storedBytes: number;
  /** How far timestamps of new records are ahead of the clock, in milliseconds: the clock was ahead once, and timestamps never go back. */
  readonly clockAheadMs: number;
}

/** What was found when the log was opened. */
interface Found {
  readonly lock: Lock;
  readonly guard: FolderGuard;
  readonly recovery: Recovery;
  /** The bytes of all segments on the disk. */
  readonly bytes: number;
  readonly keys: KeyIndex | undefined;
  readonly hasher: KeyHasher;
  readonly head: LogHead | undefined;
  readonly losses: readonly Damage[];
}

/** Writes a log, and reads it in the same process; reads return only what is durable. */
export class Log {
  readonly folder: string;
  /** What recovery removed when the log was opened. */
  readonly torn: TornTail | undefined;
  /** What is lost, or can't be told any more, as the head of an encrypted log says: reported only once, here. */
  readonly losses: readonly Damage[];
  /** How the idempotency keys were recovered, if their table was damaged or missing. */
  readonly keysLost: Exclude<KeysFound, { readonly kind: 'whole' }> | undefined;
  readonly #world: LogWorld;
  readonly #options: ResolvedLogOptions;
  readonly #lock: Lock;
  readonly #guard: FolderGuard;
  readonly #end = new MovingEnd();
  readonly #queue: AppendQueue;
  readonly #clock: LogClock;
  readonly #segments: SegmentWriter;
  readonly #recent: RecentBuffer;
  readonly #packer: Packer;
  readonly #keys: KeyIndex | undefined;
  readonly #head: LogHead | undefined;
  readonly #counter: RecordCounter;
  #closing: Promise<void> | undefined;
  #bytes: number;
  #segmentCount: number;
  #storedRecords = 0;
  #storedBytes = 0;
  #lastNumber: number;

  private constructor(world: LogWorld, options: ResolvedLogOptions, found: Found) {
    const { lock, guard, recovery, bytes, keys } = found;
    const { folder, hooks, durability, segmentBytesMax, segmentAgeMaxMs } = options;
    this.folder = folder;
    this.torn = recovery.torn;
    this.losses = found.losses;
    this.#head = found.head;
    const table = keys?.found ?? { kind: 'whole' };
    const isNew = table.kind === 'none' && recovery.lastTimestamp < 0;
    this.keysLost = table.kind === 'whole' || isNew ? undefined : table;
    this.#world = world;
    this.#options = options;
    this.#lock = lock;
    this.#guard = guard;
    guard.onBack = () => this.#end.nudge();
    this.#keys = keys;
    this.#bytes = bytes;
    this.#segmentCount = recovery.segments.length;
    this.#counter = new RecordCounter(world, folder);
    this.#lastNumber = recovery.end.segment;
    this.#end.moveTo(recovery.end);
    this.#recent = new RecentBuffer(options.memoryRecordsMax, options.memoryBytesMax, recovery.lastTimestamp);
    this.#packer = new Packer(world, folder, {
      onPacked: (name, sizes) => {
        this.#bytes -= sizes.bytes - sizes.packedBytes;
        hooks.onPacked?.(name, sizes);
      },
      onFailed: hooks.onPackFailed,
    });
    if (options.pack) for (const name of recovery.segments) this.#packer.add(name);
    this.#segments = new SegmentWriter(world, folder, recovery.end.segment, {
      durability,
      segmentBytesMax,
      segmentAgeMaxMs,
      onSync: hooks.onSync,
      check: () => guard.check(),
      head: found.head,
      onFinished: (name) => {
        if (options.pack) this.#packer.add(name);
        hooks.onSegmentFinished?.(name);
      },
    });
    const gate = keys === undefined ? undefined : new KeyGate(keys, found.hasher);
    const write = (batch: AppendBatch): Promise<LogPosition> => this.#segments.write(batch);
    const store = async (batch: AppendBatch): Promise<LogPosition> => {
      const check = (): void => guard.check();
      if (gate !== undefined) return gate.around(batch, check, () => write(batch));
      check();
      return write(batch);
    };
    this.#clock = new LogClock(world.now, recovery.lastTimestamp);
    this.#queue = new AppendQueue(this.#clock, {
      ...options,
      keys: gate,
      store,
      onStored: (batch, position) => this.#stored(batch, position),
      onFailed: (error, records) => this.#failed(error, records),
      end: () => this.end,
    });
  }

  /**
   * Opens a log for writing, in whatever state its last writer left it: creates a missing folder, and removes a torn tail.
   *
   * @throws LogError `locked` when another process writes to it, `read` or `write` when the disk fails; KeyError when the key of any
   *   segment is missing
   */
  static async open(outside: LogWorld, given: LogOptions): Promise<Log> {
    const options = resolveLogOptions(given);
    const { folder } = options;
    let { lock } = options;
    let guard: FolderGuard | undefined;
    let keys: KeyIndex | undefined;
    let head: LogHead | undefined;
    try {
      await outside.disk.makeFolder(folder);
      const taken = (lock ??= await takeLogLock(folder, options.command));
      const guarding = (guard = new FolderGuard(folder, taken));
      const world = { ...outside, disk: guardedDisk(outside.disk, () => guarding.check()) };
      await requireKeys(world.disk, folder);
      const recovery = await recover(world.disk, folder);
      let bytes = 0;
      for (const name of recovery.segments) bytes += await segmentBytesOnDisk(world.disk, folder, name);
      // Always: an encrypted log has its key for claims before its first encrypted segment.
      const hasher = await openKeyHasher(world.disk, folder);
      const { head: open, losses } = await takeHead(world.disk, folder, recovery);
      head = open;
      if (options.keys) keys = await openKeyIndex(world.disk, join(folder, 'keys'), folder);
      const log = new Log(world, options, { lock: taken, guard, recovery, bytes, keys, hasher, head, losses });
      if (keys !== undefined) {
        await settleKeys(keys, recovery.lastTimestamp, (range) => log.read(range));
        const [oldest] = recovery.segments;
        if (oldest !== undefined) await keys.forgetBefore(oldest.firstTimestamp);
      }
      return log;
    } catch (error) {
      await keys?.close().catch(() => undefined);
      await head?.close().catch(() => undefined);
      guard?.release();
      await lock?.release().catch(() => undefined);
      if (error instanceof LogError || error instanceof KeyError || error instanceof LmdbMissingError) throw error;
      throw diskError('read', `${folder}: the log can't be opened`, error);
    }
  }

  /** Behind the last durable record. */
  get end(): LogPosition {
    return this.#end.position();
  }

  /**
   * Stores entries, in order and next to each other. All waiting appends share one write and one sync. The promise resolves when
   * the entries are durable, and rejects with LogError `write` if they are not stored.
   *
   * @returns `full` if too much is already waiting for the disk: nothing was accepted
   * @throws LogError `record` when an entry can't be a record (nothing was accepted), `closed`
   */
  tryAppend(entries: readonly (LogEntry | LogLines)[]): Promise<Receipt> | 'full' {
    return this.#queue.tryAppend(entries);
  }

  /** Like {@link tryAppend}, but waits until there is room. */
  append(entries: readonly (LogEntry | LogLines)[]): Promise<Receipt> {
    return this.#queue.append(entries);
  }

  /**
   * Reads what is durable. While the folder is unavailable, it reads only the segment that the writer has open; a following
   * reader gets the rest when the folder is back.
   *
   * @throws DisplacedError for what is not open, unless the reader follows
   */
  read(options: LogReadOptions): AsyncGenerator<LogBlock, void, void> {
    return readLog(this.#world, this.folder, this.#end, options, this.#own);
  }

  /**
   * What happened to the folder, if it was moved, removed or replaced: nothing is then stored, and nothing at its path is
   * touched. This is the result of the last check; each batch checks, too.
   */
  get displaced(): DisplacedError | undefined {
    return this.#guard.known;
  }

  /** Checks whether the folder is in its place. When it is back, writing and reading continue. */
  checkFolder(): DisplacedError | undefined {
    return this.#guard.displacement();
  }

  /**
   * The stored records from `since` on (milliseconds since the epoch), at most `recordsMax` of them, from memory; undefined if
   * memory does not reach back that far, or if they have more than `bytesMax` bytes as stored.
   */
  recent(since: number, recordsMax: number, bytesMax = Infinity): RecentRecords | undefined {
    return this.#recent.since(since, recordsMax, bytesMax);
  }

  /** The number of records stored behind a position. Reads a megabyte or two at most, if the indexes are intact. */
  async recordsBehind(place: LogPosition): Promise<number> {
    try {
      return await this.#counter.between(place, this.end);
    } catch (error) {
      throw diskError('read', `${this.folder}: the records can't be counted`, error);
    }
  }

  stats(): LogStats {
    return {
      bytes: this.#bytes,
      segments: this.#segmentCount,
      memoryRecords: this.#recent.records,
      queuedRecords: this.#queue.records,
      queuedBytes: this.#queue.bytes,
      storedRecords: this.#storedRecords,
      storedBytes: this.#storedBytes,
      clockAheadMs: this.#clock.aheadMs,
    };
  }

  /** The log's segments. */
  segments(): Promise<SegmentInfo[]> {
    return describeSegments(this.#world, this.folder);
  }

  /** Checks every record. */
  verify(onFinding: (finding: LocatedDamage) => void): Promise<VerifySummary> {
    return verifyLog(this.#world, this.folder, onFinding);
  }

  /** Finds what is wrong with older segments and shows without reading them: see {@link inspectLog}. */
  inspect(onDamage: (damage: Damage) => void, signal: AbortSignal): Promise<void> {
    return inspectLog(this.#world, this.folder, onDamage, signal);
  }

  /** Removes old segments and their records' keys, but no segment with records behind `keepFrom`. */
  async prune(options: PruneOptions): Promise<PruneReport> {
    const report = await pruneLog(this.#world, this.folder, options);
    if (options.dryRun !== true && report.removed.length > 0) {
      this.#bytes = report.bytesLeft;
      this.#segmentCount -= report.removed.length;
      const [oldest] = await listSegments(this.#world.disk, this.folder);
      if (oldest !== undefined) await this.#keys?.forgetBefore(oldest.firstTimestamp);
    }
    return report;
  }

  /** Copies what is durable now into a new folder. */
  backup(destination: string): Promise<BackupReport> {
    const claims = this.#keys?.all() ?? readClaims(this.#world.disk, join(this.folder, 'keys'), this.folder);
    return backupLog(this.#world, this.folder, destination, this.end, claims);
  }

  /** Resolves when the segments finished so far are packed. */
  packed(): Promise<void> {
    return this.#packer.idle();
  }

  /** Stores what was appended, accepts nothing more, ends following readers, and releases the folder. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  readonly #own: WritersFolder = {
    isInPlace: () => this.#guard.displacement() === undefined,
    check: () => this.#guard.check(),
    // A reader at `LOG_START` has segment 0; the first segment is 1.
    openCurrent: (number) => this.#segments.openCurrent(Math.max(1, number)),
  };

  async #close(): Promise<void> {
    try {
      await this.#queue.close();
      await this.#segments.close();
      await this.#head?.close();
      await this.#packer.close();
      this.#end.close();
      await this.#keys?.close().catch((error: unknown) => {
        // The next start notices what the keys could not write at the folder's path, as after a crash.
        if (!(error instanceof DisplacedError)) throw error;
      });
    } finally {
      this.#guard.release();
      await this.#lock.release();
    }
  }

  #stored(batch: AppendBatch, { segment, offset }: LogPosition): void {
    if (segment !== this.#lastNumber) {
      this.#lastNumber = segment;
      this.#segmentCount += 1;
    }
    this.#bytes += batch.byteLength;
    this.#storedRecords += batch.records;
    this.#storedBytes += batch.byteLength;
    this.#recent.add(batch);
    this.#end.moveTo({ segment, offset: offset + batch.byteLength });
  }

  #failed(error: unknown, records: number): LogError {
    const told =
      error instanceof DisplacedError
        ? error
        : diskError('write', `${this.folder}: the events could not be stored`, error);
    this.#options.hooks.onWriteError?.(told, records);
    return told;
  }
}
