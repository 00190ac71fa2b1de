import type { Block } from '../../sources/index.js';
import { appendAll } from '../append.js';
import type { EventStore } from '../event-store.js';
import { recordsOf, type LineOrigin, type LineReading } from './records-of.js';

/** How lines of an input become stored events. The reader is for this input alone. */
export interface Intake extends LineReading {
  readonly store: EventStore;
  /** Events that are appended at a time. */
  readonly entriesMax: number;
}

export interface InputOfLines extends LineOrigin {
  readonly blocks: AsyncIterable<Block>;
  /** Lines at the start, blank ones not counted, that are stored already. */
  readonly skip: number;
  /** Told how many lines are stored by now, those skipped included. */
  readonly onStored?: (lines: number) => void;
}

/**
 * Stores an input's lines, each as a record: an event, or a refused line, whose dead letter the pipeline will write. The next
 * block is read when the last one is durable.
 *
 * @throws LogError, SourceError
 */
export async function ingestBlocks(intake: Intake, input: InputOfLines): Promise<void> {
  let records = 0;
  let lines = 0;
  for await (const block of input.blocks) {
    const read = recordsOf(block, lines, intake, input);
    const skipped = Math.min(read.entries.length, Math.max(0, input.skip - records));
    await appendAll(intake.store, read.entries.slice(skipped), intake.entriesMax);
    records += read.entries.length;
    lines += read.lines;
    input.onStored?.(Math.max(records, input.skip));
  }
}
