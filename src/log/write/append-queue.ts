import { LogError } from '../log-error.js';
import { isId } from '../../event/index.js';
import { NEWLINE } from '../format/line.js';
import type { LogPosition } from '../format/position.js';
import type { Claim } from '../keys/key-index.js';
import { AppendBatch } from './append-batch.js';
import type { LogEntry, Receipt } from './entry.js';
import type { KeyGate } from './key-gate.js';
import type { LogClock } from './log-clock.js';
import { LogLines } from './log-lines.js';

export interface AppendQueueOptions {
  /** The most records that may wait for the disk. If none are waiting, an append of any size is accepted. */
  readonly queueRecordsMax: number;
  /** The most bytes that may wait for the disk, roughly. */
  readonly queueBytesMax: number;
  /** The most bytes of one record's data. */
  readonly dataBytesMax: number;
  /** Stores a batch, and resolves with the position where it starts. */
  readonly store: (batch: AppendBatch) => Promise<LogPosition>;
  /** Called when a batch is stored, before its callers are notified. */
  readonly onStored: (batch: AppendBatch, position: LogPosition) => void;
  /** Called when a batch is not stored; returns the error for its callers. */
  readonly onFailed: (error: unknown, records: number) => LogError;
  /** The idempotency keys, if they are kept. */
  readonly keys: KeyGate | undefined;
  /** Where the log currently ends. */
  readonly end: () => LogPosition;
}

/** Collects the appends that arrive while the disk is busy into one batch, which shares the next write and sync. */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  readonly #clock: LogClock;
  #gathering = new AppendBatch();
  #storing: AppendBatch | undefined;
  #running: Promise<void> | undefined;
  #closed = false;
  #waitingForRoom: (() => void)[] = [];

  constructor(clock: LogClock, options: AppendQueueOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Records waiting for the disk. */
  get records(): number {
    return this.#gathering.records + (this.#storing?.records ?? 0);
  }

  /** Bytes waiting for the disk. */
  get bytes(): number {
    return this.#gathering.byteLength + (this.#storing?.byteLength ?? 0);
  }

  /**
   * Accepts entries for storing; the promise resolves when they are stored.
   *
   * @throws LogError `record` when an entry can't be a record (then none is accepted), `closed`
   */
  tryAppend(entries: readonly (LogEntry | LogLines)[]): Promise<Receipt> | 'full' {
    if (this.#closed) throw closedError();
    let records = 0;
    for (const entry of entries) {
      if (entry instanceof LogLines) this.#refuseTooLarge(entry.bytesOfLongest);
      else this.#refuseBad(entry);
      records += entry instanceof LogLines ? entry.count : 1;
    }
    if (!this.#hasRoom(records)) return 'full';
    const batch = this.#gathering;
    const offset = batch.byteLength;
    const timestamp = this.#clock.tick();
    const ids: string[] = [];
    const conflicts: number[] = [];
    /** Batches that hold events with the same keys and must be stored, too. */
    const others = new Set<AppendBatch>();
    let stored = 0;
    for (const entry of entries) {
      if (entry instanceof LogLines) {
        batch.addLines(entry, timestamp, () => this.#clock.nextCounter());
        stored += entry.count;
        continue;
      }
      const { data, metadata, key, fingerprint, id = this.#clock.nextId() } = entry;
      const look = key === undefined ? undefined : this.#options.keys?.find(key, fingerprint);
      const holder = look?.holder;
      if (look?.conflicts === true) conflicts.push(ids.length);
      ids.push(holder?.id ?? id);
      if (holder === undefined) {
        batch.add({ id, timestamp, data, metadata });
        if (look !== undefined) this.#options.keys?.take(batch, claimOf(look.hash, id, timestamp, look.fingerprint));
        stored += 1;
      } else if (holder.batch !== undefined) {
        others.add(holder.batch);
      }
    }
    const end = batch.byteLength;
    if (stored > 0) this.#start();
    return this.#receipt({ ids, stored, conflicts, timestamp }, batch, others, offset, end);
  }

  async #receipt(
    { ids, stored, conflicts, timestamp }: Pick<Receipt, 'ids' | 'stored' | 'conflicts' | 'timestamp'>,
    batch: AppendBatch,
    others: ReadonlySet<AppendBatch>,
    start: number,
    end: number,
  ): Promise<Receipt> {
    for (const other of others) await other.stored;
    if (stored === 0) {
      const position = this.#options.end();
      return { ids, stored, conflicts, timestamp, position, nextPosition: position };
    }
    const { segment, offset } = await batch.stored;
    // Each field is named, because V8 makes a hidden class per receipt if an object is spread here.
    return {
      ids,
      stored,
      conflicts,
      timestamp,
      position: { segment, offset: offset + start },
      nextPosition: { segment, offset: offset + end },
    };
  }

  /** Like {@link tryAppend}, but waits for its turn when the queue is full. */
  async append(entries: readonly (LogEntry | LogLines)[]): Promise<Receipt> {
    for (;;) {
      const receipt = this.tryAppend(entries);
      if (receipt !== 'full') return receipt;
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
    }
  }

  /** Accepts no more entries, and resolves when all accepted ones are stored or have failed. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#callForMore();
  }

  #hasRoom(more: number): boolean {
    const { queueRecordsMax, queueBytesMax } = this.#options;
    return this.records === 0 || (this.records + more <= queueRecordsMax && this.bytes < queueBytesMax);
  }

  #start(): void {
    // Everything that arrives in this turn of the event loop joins the batch.
    this.#running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#run());
  }

  async #run(): Promise<void> {
    let memory: Buffer | undefined;
    while (this.#gathering.records > 0) {
      const batch = this.#gathering;
      this.#storing = batch;
      this.#gathering = new AppendBatch(memory);
      try {
        const position = await this.#options.store(batch);
        this.#options.onStored(batch, position);
        batch.resolve(position);
      } catch (error) {
        batch.reject(this.#options.onFailed(error, batch.records));
      }
      memory = batch.reclaim();
      this.#storing = undefined;
      this.#callForMore();
    }
    this.#running = undefined;
  }

  #callForMore(): void {
    const waiting = this.#waitingForRoom;
    this.#waitingForRoom = [];
    for (const resume of waiting) resume();
  }

  #refuseTooLarge(bytes: number): void {
    const { dataBytesMax } = this.#options;
    if (bytes <= dataBytesMax) return;
    throw new LogError(
      'record',
      `an event of ${bytes} bytes is too large to be stored: the maximum is ${dataBytesMax}`,
    );
  }

  #refuseBad({ data, metadata, id, key }: LogEntry): void {
    const { dataBytesMax, keys } = this.#options;
    // A UTF-16 code unit takes at most three bytes, so a short text need not be measured.
    const isShort = data.length * 3 <= dataBytesMax;
    const bytes = isShort || typeof data !== 'string' ? data.length : Buffer.byteLength(data);
    this.#refuseTooLarge(bytes);
    const broken = typeof data === 'string' ? data.includes('\n') : data.includes(NEWLINE);
    if (bytes === 0 || broken || metadata.includes('\n')) {
      throw new LogError('record', 'an event must be one JSON value without line breaks');
    }
    if (key !== undefined && keys === undefined) {
      throw new LogError('record', 'an event has an idempotency key, but this log stores none');
    }
    if (id !== undefined && !isId(id)) {
      throw new LogError(
        'record',
        `${JSON.stringify(id.slice(0, 40))} can't be an event's id: printable ASCII without " and \\`,
      );
    }
  }
}

function claimOf(hash: string, id: string, timestamp: number, fingerprint: string | undefined): Claim {
  return { hash, id, timestamp, ...(fingerprint !== undefined && { fingerprint }) };
}

function closedError(): LogError {
  return new LogError('closed', 'the log is closed: nothing more is stored');
}
