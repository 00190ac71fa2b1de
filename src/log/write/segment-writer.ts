import { join } from 'node:path';
import type { DiskFile } from '../disk/disk.js';
import { FileSealer, type FramePlace, type SealedFileName } from '../../crypt/index.js';
import { SharedFile } from '../disk/shared-file.js';
import { readWhole, removeIfThere, writeWhole } from '../disk/whole.js';
import type { LogPosition } from '../format/position.js';
import { segmentFile, type SegmentName } from '../format/segment-name.js';
import type { LogHead } from '../head/log-head.js';
import type { RecordMark } from '../index/segment-index.js';
import { plainSegment } from '../segment/plain-segment.js';
import { sealedName, sealedSegment } from '../segment/sealed-segment.js';
import type { SegmentSource } from '../segment/segment-source.js';
import type { LogWorld } from '../log-world.js';
import type { AppendBatch } from './append-batch.js';
import { IndexWriter } from './index-writer.js';

/** A sector or a page of the cache: bytes on it that were durable may be lost together with new ones. */
const PAGE_BYTES = 4096;

export interface SegmentWriterOptions {
  /** `fsync`: a batch is stored when it is on the disk; `os`: when the operating system has it. */
  readonly durability: 'fsync' | 'os';
  /** The size at which the next segment starts. A batch is never split. */
  readonly segmentBytesMax: number;
  /** The age of the first record, in milliseconds, above which the next segment starts. */
  readonly segmentAgeMaxMs: number;
  readonly onSync?: ((sync: SyncReport) => void) | undefined;
  /** Throws if the folder is not in its place: what was just written then does not count as stored. */
  readonly check?: (() => void) | undefined;
  /** Of an encrypted log: it is told of each batch that is stored, before that is acknowledged. */
  readonly head?: LogHead | undefined;
  /** Called when a segment has its last record and may be packed. */
  readonly onFinished?: ((name: SegmentName) => void) | undefined;
}

/** One shared sync. */
export interface SyncReport {
  /** The duration of the sync alone, without the write. */
  readonly durationMs: number;
  readonly records: number;
  readonly bytes: number;
}

interface OpenSegment {
  readonly name: SegmentName;
  readonly path: string;
  readonly file: DiskFile;
  /** The same file, for its readers. */
  readonly shared: SharedFile;
  readonly index: IndexWriter;
  /** The number of stored bytes. */
  bytes: number;
  /** The number of bytes in the file, which differs if it is encrypted. */
  fileBytes: number;
  /** Undefined: the segment is not encrypted. */
  sealing: Sealing | undefined;
  records: number;
  first: RecordMark | null;
  last: RecordMark | null;
  /** Whether the segment's name is durable. */
  named: boolean;
}

/** The encryption of a segment. */
interface Sealing {
  readonly sealer: FileSealer;
  /** Where the next frame goes. */
  next: FramePlace;
}

type State =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly segment: OpenSegment }
  /** A write or sync failed: the content behind the stored bytes is unknown. */
  | { readonly kind: 'suspect'; readonly segment: OpenSegment };

/** Writes batches into segments, one at a time. */
export class SegmentWriter {
  readonly #world: LogWorld;
  readonly #folder: string;
  readonly #options: SegmentWriterOptions;
  #state: State = { kind: 'none' };
  #lastNumber: number;

  /** @param lastNumber the number of the last existing segment, or 0 */
  constructor(world: LogWorld, folder: string, lastNumber: number, options: SegmentWriterOptions) {
    this.#world = world;
    this.#folder = folder;
    this.#lastNumber = lastNumber;
    this.#options = options;
  }

  /**
   * Stores a batch and returns where it starts. If this fails, nothing of the batch is stored, and the next write first repairs
   * the segment.
   *
   * @throws the disk's errors
   */
  async write(batch: AppendBatch): Promise<LogPosition> {
    const { first, last, bytes, records } = batch;
    if (first === undefined || last === undefined) throw new Error('a batch without records');
    const segment = await this.#segmentFor(first.timestamp, bytes.length);
    const sealed = sealedBatch(segment, bytes);
    try {
      await writeWhole(segment.file, sealed?.bytes ?? bytes, segment.fileBytes);
      if (this.#options.durability === 'fsync') {
        const start = this.#world.elapsed();
        await segment.file.datasync();
        this.#options.onSync?.({ durationMs: this.#world.elapsed() - start, records, bytes: bytes.length });
      }
      this.#options.check?.();
      await this.#options.head?.moveTo({ segment: segment.name.number, offset: segment.bytes + bytes.length });
    } catch (error) {
      this.#state = { kind: 'suspect', segment };
      throw error;
    }
    const offset = segment.bytes;
    segment.index.note({ offset, records: segment.records, timestamp: first.timestamp });
    segment.bytes += bytes.length;
    segment.fileBytes += (sealed?.bytes ?? bytes).length;
    if (segment.sealing !== undefined && sealed !== undefined) segment.sealing.next = sealed.next;
    segment.records += records;
    segment.first ??= markOf(first);
    segment.last = markOf(last);
    return { segment: segment.name.number, offset };
  }

  /** The segment being written; undefined if the next batch will start one. */
  get current(): SegmentName | undefined {
    return this.#state.kind === 'none' ? undefined : this.#state.segment.name;
  }

  /** Opens the segment being written through its open file, whatever happened to its name; undefined if `number` is another segment. */
  async openCurrent(
    number: number,
  ): Promise<{ readonly name: SegmentName; readonly source: SegmentSource } | undefined> {
    if (this.#state.kind === 'none') return undefined;
    const { name, path, shared, sealing } = this.#state.segment;
    if (name.number !== number) return undefined;
    shared.join();
    const source =
      sealing === undefined
        ? plainSegment(path, shared.file)
        : await sealedSegment(this.#world.disk, path, shared.file, this.#sealedName(name), false);
    return { name, source: { ...source, close: () => shared.release() } };
  }

  /** Finishes the segment being written: the next batch starts another. */
  async finishSegment(): Promise<void> {
    const state = this.#state;
    if (state.kind === 'suspect') await this.#repair(state.segment);
    else if (state.kind === 'open' && state.segment.bytes > 0) await this.#finish(state.segment);
  }

  /** Finishes the segment for good. Leaves to recovery what can't be repaired now. */
  async close(): Promise<void> {
    await this.finishSegment().catch(() => undefined);
    if (this.#state.kind !== 'none') await this.#state.segment.shared.release().catch(() => undefined);
    this.#state = { kind: 'none' };
  }

  async #segmentFor(timestamp: number, bytes: number): Promise<OpenSegment> {
    if (this.#state.kind === 'suspect') await this.#repair(this.#state.segment);
    if (this.#state.kind === 'open' && this.#isFull(this.#state.segment, timestamp, bytes)) {
      await this.#finish(this.#state.segment);
    }
    const segment = this.#state.kind === 'none' ? await this.#begin(timestamp) : this.#state.segment;
    if (!segment.named) {
      await this.#world.disk.syncFolder(this.#folder);
      segment.named = true;
    }
    return segment;
  }

  #isFull(segment: OpenSegment, timestamp: number, bytes: number): boolean {
    const { segmentBytesMax, segmentAgeMaxMs } = this.#options;
    if (segment.first === null) return false;
    return segment.bytes + bytes > segmentBytesMax || timestamp - segment.first.timestamp > segmentAgeMaxMs;
  }

  async #begin(timestamp: number): Promise<OpenSegment> {
    const { disk } = this.#world;
    const name = { number: this.#lastNumber + 1, firstTimestamp: timestamp };
    const path = join(this.#folder, segmentFile(name, disk.keys === undefined ? 'ndjson' : 'ndjson.enc'));
    let file: DiskFile;
    try {
      file = await disk.open(path, 'create');
    } catch (error) {
      // A half-created file would be a second segment with this number.
      await removeIfThere(disk, path).catch(() => undefined);
      throw error;
    }
    this.#lastNumber = name.number;
    const index = new IndexWriter(disk, join(this.#folder, segmentFile(name, 'index')));
    const shared = new SharedFile(file);
    const sealing = this.#sealing(name);
    const segment: OpenSegment = {
      ...{ name, path, file, shared, index, sealing },
      ...{ bytes: 0, fileBytes: 0, records: 0, first: null, last: null, named: false },
    };
    this.#state = { kind: 'open', segment };
    return segment;
  }

  /**
   * Restores a segment to its stored bytes after a failure. A failed sync may have dropped the cache's last page, and with it
   * bytes on that page that were durable before: the page is written again and must now be synced. The segment is then finished,
   * so that no offset in it gets a second meaning.
   */
  async #repair(segment: OpenSegment): Promise<void> {
    const { file, bytes, fileBytes } = segment;
    await file.truncate(fileBytes);
    const pageStart = Math.max(0, Math.floor((fileBytes - 1) / PAGE_BYTES) * PAGE_BYTES);
    const page = Buffer.alloc(fileBytes - pageStart);
    await readWhole(file, page, 0, page.length, pageStart);
    await writeWhole(file, page, pageStart);
    await file.datasync();
    // It may tell of the batch that failed.
    await this.#options.head?.moveTo({ segment: segment.name.number, offset: bytes });
    segment.named = false;
    // No counter may be used twice with one key.
    if (bytes === 0) segment.sealing = this.#sealing(segment.name);
    this.#state = { kind: 'open', segment };
    if (bytes > 0) await this.#finish(segment);
  }

  async #finish(segment: OpenSegment): Promise<void> {
    const { bytes, records, first, last } = segment;
    if (bytes > 0) await this.#end(segment);
    this.#state = { kind: 'none' };
    if (bytes > 0) await segment.index.finish({ bytes, records, first, last });
    // With `os` nothing was promised, but a finished segment is synced anyway, if the disk allows it.
    if (this.#options.durability === 'os') await segment.file.datasync().catch(() => undefined);
    await segment.shared.release().catch(() => undefined);
    if (bytes > 0) this.#options.onFinished?.(segment.name);
  }

  /** Writes an encrypted segment's end frame. It is durable before another segment begins, because only the last one may lack it. */
  async #end(segment: OpenSegment): Promise<void> {
    const { sealing, file, fileBytes } = segment;
    if (sealing === undefined) return;
    try {
      await writeWhole(file, sealing.sealer.end(sealing.next), fileBytes);
      await file.datasync();
      await this.#options.head?.sync();
    } catch (error) {
      this.#state = { kind: 'suspect', segment };
      throw error;
    }
  }

  #sealing(name: SegmentName): Sealing | undefined {
    const { keys } = this.#world.disk;
    if (keys === undefined) return undefined;
    return { sealer: new FileSealer(keys, this.#sealedName(name)), next: { counter: 0, offset: 0 } };
  }

  #sealedName({ number }: SegmentName): SealedFileName {
    return sealedName(number, false, this.#options.head?.identity.log);
  }
}

/** A batch as it is written, encrypted; undefined if the segment is not. */
function sealedBatch(
  { sealing, fileBytes }: OpenSegment,
  bytes: Buffer,
): { readonly bytes: Buffer; readonly next: FramePlace } | undefined {
  if (sealing === undefined) return undefined;
  const sealed = sealing.sealer.seal(bytes, sealing.next);
  return fileBytes === 0 ? { ...sealed, bytes: Buffer.concat([sealing.sealer.header, sealed.bytes]) } : sealed;
}

function markOf({ id, timestamp }: RecordMark): RecordMark {
  return { id, timestamp };
}
