import { isTick, isTickLine, readStoredEvent, readTick, type Tick } from '../../event/index.js';
import { isUtf8 } from 'node:buffer';
import type { Json } from 'computo-js';
import { mayLosePrecision } from '../../json/index.js';
import { isBroken, readBroken, type BrokenRecord, type LineBlock, type OverlongLine } from '../../sources/index.js';
import type { Batch } from '../batch.js';
import { EventFailure } from '../failure.js';
import { notUtf8, tooLong } from './line-failure.js';
import { isBlank, readData, refuseLong, type LineLimits } from './read-line.js';
import { refusedBefore } from './refused-line.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The content of a block, without where it came from. */
export type BlockContent = Pick<LineBlock, 'kind' | 'bytes'> | Pick<OverlongLine, 'kind' | 'head' | 'lineBytes'>;

/** How lines become events. */
export interface LineOptions extends LineLimits {
  /**
   * What a line is: the data of a new event (the default), or a stored event, whose data is processed while its id, timestamp and
   * metadata are kept.
   */
  readonly input?: 'data' | 'envelope';
  /** Parses every line completely, even if scripts read only parts. Slower, with the same results. */
  readonly parseWhole?: boolean;
  /** Whether the receiver of the events checks where in the pipeline they continue, see {@link StoredOrigin.afterStage}. */
  readonly takesParts?: boolean;
}

/** @param text the data as it is in the line */
type OnEvent = (data: Json, text: string) => void;

/** Receives the pipeline's ticks, which are not events and not counted. */
type OnTick = (tick: Tick) => void;

/**
 * Processes a block's lines: counts each, passes the valid ones to `onEvent`, and lets the batch fail the others. Ends early if
 * the batch is stopped.
 */
export function forEachEvent(
  block: BlockContent,
  batch: Batch,
  options: LineOptions,
  onEvent: OnEvent,
  onTick: OnTick = nothing,
): void {
  if (block.kind === 'overlong') {
    batch.counts.input += 1;
    batch.fail(tooLong(block.lineBytes, options.lineBytesMax), { bytes: block.head, lineBytes: block.lineBytes });
    batch.line += 1;
  } else if (isUtf8(block.bytes)) {
    forEachText(block.bytes.toString('utf8'), batch, options, onEvent, onTick);
  } else {
    forEachLine(block.bytes, batch, options, onEvent, onTick);
  }
}

/** Fails the block's only line for a reason outside its content. Nothing of it is read except its origin. */
export function failLine(block: BlockContent, batch: Batch, options: LineOptions, failure: EventFailure): void {
  if (options.input === 'envelope' && block.kind === 'lines' && isTickLine(block.bytes, 0, block.bytes.length)) {
    // A tick is not an event. What it would have closed stays open until the next one.
    batch.line += 1;
    return;
  }
  batch.counts.input += 1;
  if (block.kind === 'overlong') {
    batch.fail(failure, { bytes: block.head, lineBytes: block.lineBytes });
  } else if (isUtf8(block.bytes)) {
    const text = block.bytes.toString('utf8').trimEnd();
    batch.stored = options.input === 'envelope' ? readStoredEvent(text)?.origin : undefined;
    batch.fail(failure, batch.stored === undefined ? { text } : { envelope: text });
  } else {
    batch.fail(failure, { bytes: block.bytes, lineBytes: block.bytes.length });
  }
  batch.line += 1;
}

function forEachText(text: string, batch: Batch, options: LineOptions, onEvent: OnEvent, onTick: OnTick): void {
  const exactly = mayLosePrecision(text);
  for (let at = 0; at < text.length && !batch.isOver; batch.line++) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const stop = end > at && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
    openLine(text.slice(at, stop), exactly, batch, options, onEvent, onTick);
    at = end + 1;
  }
}

/** For a block that is not valid UTF-8: decodes each line by itself. */
function forEachLine(bytes: Buffer, batch: Batch, options: LineOptions, onEvent: OnEvent, onTick: OnTick): void {
  for (let at = 0; at < bytes.length && !batch.isOver; batch.line++) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(at, end > at && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
    if (isUtf8(line)) {
      openLine(line.toString('utf8'), true, batch, options, onEvent, onTick);
    } else {
      batch.counts.input += 1;
      batch.fail(notUtf8(line), { bytes: line, lineBytes: line.length });
    }
    at = end + 1;
  }
}

/** Opens a single line of valid UTF-8, without its newline. */
export function openBytes(
  bytes: Buffer,
  batch: Batch,
  options: LineOptions,
  onEvent: OnEvent,
  onTick: OnTick = nothing,
): void {
  const line = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
  openLine(line.toString('utf8'), true, batch, options, onEvent, onTick);
}

function openLine(
  line: string,
  exactly: boolean,
  batch: Batch,
  options: LineOptions,
  onEvent: OnEvent,
  onTick: OnTick,
): void {
  if (isBlank(line)) return;
  if (options.input === 'envelope' && isTick(line)) {
    const tick = readTick(line);
    // A pipeline is only affected by its own ticks.
    if (tick?.pipeline === batch.pipeline) onTick(tick);
    return;
  }
  batch.counts.input += 1;
  if (batch.isDecoded && isBroken(line)) {
    failRecord(readBroken(line), batch);
    return;
  }
  let text = line;
  let data;
  try {
    if (options.input === 'envelope') text = openEnvelope(line, batch);
    if (batch.stored?.refused !== undefined) {
      batch.fail(...refusedBefore(batch.stored.refused, text));
      return;
    }
    if (options.takesParts !== true && batch.afterStage !== undefined) throw noSuchStage(batch.afterStage);
    // The decoder has already checked a record's length as it was in the input.
    if (!batch.isDecoded) refuseLong(text, options.lineBytesMax);
    data = readData(text, exactly, options.depthMax);
  } catch (error) {
    if (!(error instanceof EventFailure)) throw error;
    // Text that is not JSON can't be part of its dead letter.
    const isEvent = batch.stored !== undefined && error.kind !== 'invalid_json';
    batch.fail(error, isEvent ? { envelope: line } : { text: line });
    return;
  }
  onEvent(data, text);
}

/** The failure of a part of an event that was to continue after a stage which does not exist. */
export function noSuchStage(name: string): EventFailure {
  const message = `the event is a part of one, which goes on behind the stage ${name}: the pipeline has no such stage`;
  return new EventFailure('invalid_argument', message);
}

/** Fails an unreadable record of another format: its dead letter shows the record as it was in the input. */
function failRecord({ kind, message, bytes, recordBytes }: BrokenRecord, batch: Batch): void {
  const isWhole = bytes.length === recordBytes && isUtf8(bytes);
  const failure = kind === 'invalid_utf8' ? notUtf8(bytes) : new EventFailure(kind, message);
  batch.fail(failure, isWhole ? { text: bytes.toString('utf8') } : { bytes, lineBytes: recordBytes });
}

/**
 * Returns the data of a stored event, and gives its origin to the batch.
 *
 * @throws EventFailure when the line is not an event
 */
function openEnvelope(line: string, batch: Batch): string {
  const event = readStoredEvent(line);
  batch.stored = event?.origin;
  if (event === undefined) {
    throw new EventFailure('invalid_json', 'the line is not an event with id, timestamp, data and metadata');
  }
  return event.data;
}

function nothing(): void {
  // Most pipelines hold nothing that waits for time.
}
