import type { Disk, DiskFile } from '../disk/disk.js';
import { writeWhole } from '../disk/whole.js';
import {
  INDEX_STEP_BYTES,
  indexEntryLine,
  indexSummaryLine,
  type IndexEntry,
  type SegmentSummary,
} from '../index/segment-index.js';

/**
 * Writes the index of the current segment. The index only helps readers: after a failure the writer gives up, and readers rebuild
 * the index.
 */
export class IndexWriter {
  readonly #disk: Disk;
  readonly #path: string;
  #file: DiskFile | undefined;
  #bytes = 0;
  #nextOffset = INDEX_STEP_BYTES;
  #work: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  /** Records where a batch starts. Does not wait for the disk. */
  note(entry: IndexEntry): void {
    if (entry.offset < this.#nextOffset) return;
    this.#nextOffset = entry.offset + INDEX_STEP_BYTES;
    this.#append(indexEntryLine(entry));
  }

  /** Adds the summary and closes the file. */
  async finish(summary: SegmentSummary): Promise<void> {
    this.#append(indexSummaryLine(summary));
    await this.#work;
    await this.#file?.close().catch(() => undefined);
  }

  #append(line: Buffer): void {
    this.#work = this.#work.then(async () => {
      if (this.#failed) return;
      try {
        this.#file ??= await this.#disk.open(this.#path, 'create');
        await writeWhole(this.#file, line, this.#bytes);
        this.#bytes += line.length;
      } catch {
        this.#failed = true;
      }
    });
  }
}
