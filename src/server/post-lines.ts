import { BlockCutter, EncryptedInputError, refuseEncrypted, type Block, type SpareMemory } from '../sources/index.js';
import { LogLines, type LogEntry } from '../log/index.js';
import { occurrences, tooLong, type EventFailure, type Occurrences } from '../pipeline/index.js';
import { appendAll } from './append.js';
import { markBytes, type EventReader } from './event-reader.js';
import { entryOf, fingerprintOf } from './entries.js';
import type { EventStore } from './event-store.js';
import { tooManyBodies } from './body.js';
import { HttpError } from './http-error.js';
import { storing } from './post-event.js';
import { withNewline } from './with-newline.js';

/** The settings that limit a line; the smaller value applies. */
const LIMITS = 'server.max_body_size, processing.max_line_size';

const NEWLINE = 0x0a;

/** The most rejected lines listed in an answer; the rest are only counted. */
const NAMED_MAX = 100;

export interface IncomingLines {
  readonly blocks: AsyncIterable<Block> | Iterable<Block>;
  readonly pipeline: string;
  readonly metadata: string;
  /**
   * The request's own idempotency key. Each line's key combines it, the line's content, and how many earlier lines of the request
   * have the same content, so that a line is recognized wherever it is.
   */
  readonly key: string | undefined;
  readonly lineBytesMax: number;
  /** Events that are appended at a time. */
  readonly entriesMax: number;
}

/** The result of storing a stream of events. Its keys are those of the answer. */
export interface LinesReport {
  /** Stored events, including those that were already stored, as known by their idempotency keys. */
  accepted: number;
  duplicates: number;
  refused: number;
  /** The first rejected lines. */
  readonly errors: { readonly line: number; readonly error: string; readonly message: string }[];
  /** Why the rest was not read: the request's error, and the first line that is not stored. */
  failed?: { readonly failure: HttpError; readonly line: number };
}

/**
 * Stores a stream of events, line by line, as it arrives: only a part of it is in memory. A line that is not an event is reported
 * and does not prevent others from being stored.
 *
 * @returns the counts; `failed` has the first line that was not stored if the stream broke off or the disk failed
 */
export async function storeLines(
  store: EventStore,
  reader: EventReader,
  incoming: IncomingLines,
): Promise<LinesReport> {
  const report: LinesReport = { accepted: 0, duplicates: 0, refused: 0, errors: [] };
  const seen = occurrences();
  let line = 1;
  try {
    for await (const block of incoming.blocks) {
      const { entries, events, lines } = entriesOf(block, line, reader, incoming, report, seen);
      if (events > 0) {
        const newOnes = await storing(() => appendAll(store, entries, incoming.entriesMax));
        report.accepted += events;
        report.duplicates += events - newOnes;
      }
      if (block.kind === 'lines') block.recycle?.(block.bytes);
      line += lines;
    }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    report.failed = { failure: error, line };
  } finally {
    seen.close();
  }
  return report;
}

/**
 * Splits an arriving body into blocks of lines: one block or one line is in memory.
 *
 * @param arriving all chunks that have arrived, each time
 * @param hold called with the number of bytes; returns false if they are too many
 * @param spare memory for blocks
 * @throws HttpError 503; 400 if the body is encrypted
 */
export async function* blocksOf(
  arriving: AsyncIterable<readonly Buffer[]>,
  lineBytesMax: number,
  hold: (bytes: number) => boolean,
  spare: SpareMemory,
): AsyncGenerator<Block> {
  const cutter = new BlockCutter('http', lineBytesMax, undefined, true, spare);
  let unfinished = 0;
  try {
    for await (const chunks of arriving) {
      let bytes = Math.min(unfinished, lineBytesMax);
      for (const chunk of chunks) bytes += chunk.length;
      if (!hold(bytes)) throw tooManyBodies();
      for (const chunk of chunks) {
        yield* cutter.add(chunk);
        const newline = chunk.lastIndexOf(NEWLINE);
        unfinished = newline === -1 ? unfinished + chunk.length : chunk.length - newline - 1;
      }
      yield* cutter.cut();
      // Only the start of a line beyond the limit is kept.
      hold(unfinished > lineBytesMax ? 0 : unfinished);
    }
    yield* cutter.end();
  } catch (error) {
    throw refusalOf(error);
  } finally {
    cutter.release();
    hold(0);
  }
}

/** A complete body as one block of lines. @throws HttpError 400 if it is encrypted */
export function wholeBlock(bytes: Buffer): Block {
  try {
    refuseEncrypted(bytes);
  } catch (error) {
    throw refusalOf(error);
  }
  return { kind: 'lines', bytes: bytes.subarray(markBytes(bytes)), source: 'http', startsFile: true };
}

function refusalOf(error: unknown): unknown {
  return error instanceof EncryptedInputError ? new HttpError(400, 'Bad request', error.message) : error;
}

function entriesOf(
  block: Block,
  firstLine: number,
  reader: EventReader,
  { pipeline, metadata, key, lineBytesMax }: IncomingLines,
  report: LinesReport,
  seen: Occurrences,
): { readonly entries: readonly (LogEntry | LogLines)[]; readonly events: number; readonly lines: number } {
  const refuse = (failure: EventFailure, lineInBlock: number): void => {
    report.refused += 1;
    if (report.errors.length >= NAMED_MAX) return;
    report.errors.push({ line: firstLine + lineInBlock, error: failure.kind, message: failure.message });
  };
  if (block.kind === 'overlong') {
    refuse(tooLong(block.lineBytes, lineBytesMax, LIMITS), 0);
    return { entries: [], events: 0, lines: 1 };
  }
  const keyOf = (data: Buffer): string | undefined => {
    if (key === undefined) return undefined;
    const fingerprint = fingerprintOf(data);
    return `${key}:${fingerprint}:${seen.next('', fingerprint)}`;
  };
  const bytes = withNewline(block.bytes);
  const entries: (LogEntry | LogLines)[] = [];
  let plain: LogLines | undefined;
  let events = 0;
  const lines = reader.readLines(
    bytes,
    (start, end, ownKey, lineInBlock) => {
      if (end - start > lineBytesMax) {
        refuse(tooLong(end - start, lineBytesMax, LIMITS), lineInBlock);
        return;
      }
      events += 1;
      if (key === undefined && ownKey === undefined) {
        if (plain === undefined) entries.push((plain = new LogLines(bytes, metadata)));
        plain.add(start, end);
        return;
      }
      const data = bytes.subarray(start, end);
      entries.push(entryOf(data, metadata, pipeline, ownKey ?? keyOf(data)));
      plain = undefined;
    },
    (failure, _line, lineInBlock) => refuse(failure, lineInBlock),
  );
  return { entries, events, lines };
}
