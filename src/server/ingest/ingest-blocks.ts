import type { Block } from '../../sources/index.js';
import { appendAll } from '../append.js';
import type { EventStore } from '../event-store.js';
import { recordsOf, type LineOrigin, type LineReading } from './records-of.js';

/** How an input's lines become stored events. The reader serves only this input. */
export interface Intake extends LineReading {
  readonly store: EventStore;
  /** Events that are appended at a time. */
  readonly entriesMax: number;
}

export interface InputOfLines extends LineOrigin {
  readonly blocks: AsyncIterable<Block>;
}

/**
 * Stores each line of an input as a record: an event, or a rejected line, whose dead letter the pipeline will write. Reads the
 * next block when the last one is durable.
 *
 * @throws LogError, SourceError
 */
export async function ingestBlocks(intake: Intake, input: InputOfLines): Promise<void> {
  let lines = 0;
  for await (const block of input.blocks) {
    const read = recordsOf(block, lines, intake, input);
    await appendAll(intake.store, read.entries, intake.entriesMax);
    lines += read.lines;
  }
}
