import type { Entry } from '../../log/index.js';
import { refusedRecord, tooLong } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import { appendAll } from '../append.js';
import { entryOf, metadataText } from '../entries.js';
import type { EventReader } from '../event-reader.js';
import type { EventStore } from '../event-store.js';
import { withNewline } from '../with-newline.js';

/** Of a line that is too long, no more is kept. */
const HEAD_BYTES = 4096;

/** How lines of an input become stored events. */
export interface Intake {
  readonly store: EventStore;
  /** One for this input alone. */
  readonly reader: EventReader;
  /** Events that are appended at a time. */
  readonly entriesMax: number;
  readonly lineBytesMax: number;
}

export interface InputOfLines {
  /** For `metadata.source`. */
  readonly source: string;
  readonly pipeline: string;
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

function recordsOf(
  block: Block,
  linesBefore: number,
  { reader, lineBytesMax }: Intake,
  { source, pipeline }: InputOfLines,
): { readonly entries: readonly Entry[]; readonly lines: number } {
  const originOf = (lineInBlock: number) => ({ source, pipeline, line: linesBefore + lineInBlock + 1 });
  if (block.kind === 'overlong') {
    const remains = { bytes: block.head, lineBytes: block.lineBytes };
    const failure = tooLong(block.lineBytes, lineBytesMax);
    return { entries: [refusedRecord(failure, remains, originOf(0), lineBytesMax)], lines: 1 };
  }
  const metadata = metadataText(source, pipeline);
  const entries: Entry[] = [];
  const lines = reader.readLines(
    withNewline(block.bytes),
    ({ data, key }, lineInBlock) => {
      if (data.length <= lineBytesMax) {
        entries.push(entryOf(data, metadata, pipeline, key));
      } else {
        const failure = tooLong(data.length, lineBytesMax);
        entries.push(refusedRecord(failure, { text: data.toString() }, originOf(lineInBlock), HEAD_BYTES));
      }
    },
    (failure, line, lineInBlock) => {
      const remains =
        failure.kind === 'invalid_utf8' ? { bytes: line, lineBytes: line.length } : { text: line.toString() };
      entries.push(refusedRecord(failure, remains, originOf(lineInBlock), lineBytesMax));
    },
  );
  return { entries, lines };
}
