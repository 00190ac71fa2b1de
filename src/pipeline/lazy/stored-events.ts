import {
  AFTER_ID,
  BEFORE_DATA,
  BEFORE_ID,
  BEFORE_METADATA,
  envelopeText,
  readMetadata,
  type StoredMetadata,
} from '../../event/index.js';
import {
  textLiteral,
  byteLiteral,
  isAt,
  type TextLiteral,
  type ByteLiteral,
  type Scanner,
  type Text,
} from '../../json/index.js';
import type { Batch } from '../batch.js';
import type { LineForm } from './lazy-form.js';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const ZERO = 0x30;
const NINE = 0x39;

const AT_ID = byteLiteral(Buffer.from(BEFORE_ID));
const AT_TIMESTAMP = byteLiteral(Buffer.from(AFTER_ID));
const AT_DATA = byteLiteral(Buffer.from(BEFORE_DATA));

/** Every integer with this many digits can be represented as a double. */
const TIMESTAMP_DIGITS_MAX = 15;
/** How many line ends are remembered: few differ, unless sources or routing keys do. */
const ENDS_MAX = 8;

/** The text from the data to the end of the line, and what it says. */
interface LineEnd extends ByteLiteral {
  readonly metadata: StoredMetadata;
  /** The same text as it is printed. */
  readonly tail: TextLiteral;
}

/**
 * For lines that are stored events, as the log and `--envelope` write them. The id and the timestamp are read only on demand, and
 * the metadata is recognized by comparing it with what was read before.
 *
 * @param bytesMax lines with longer data take the full path
 */
export function storedEvents(scanner: Scanner, bytesMax: number): LineForm {
  const lineEnds = knownEnds();
  let text: Text;
  let batch: Batch;
  /** The start of the last scanned line. */
  let lineStart = 0;
  let idEnd = 0;
  let dataStart = 0;
  let lineEnd: LineEnd | undefined;
  return {
    begin(nextText, nextBatch) {
      text = nextText;
      batch = nextBatch;
    },
    scan(start) {
      lineStart = start;
      idEnd = endOfId(text, start);
      if (idEnd < 0) return -1;
      dataStart = startOfData(text, idEnd);
      if (dataStart < 0) return -1;
      const dataEnd = scanner.scanValue(text, dataStart);
      if (dataEnd < 0 || dataEnd - dataStart > bytesMax) return -1;
      lineEnd = lineEnds.at(text, dataEnd);
      return lineEnd === undefined ? -1 : dataEnd + lineEnd.length - 1;
    },
    introduce() {
      if (lineEnd === undefined) return;
      const { bytes } = text;
      const id = bytes.toString('utf8', lineStart + BEFORE_ID.length, idEnd);
      const timestamp = Number(bytes.toString('latin1', idEnd + AFTER_ID.length, dataStart - BEFORE_DATA.length));
      batch.stored = { id, timestamp, ...lineEnd.metadata };
    },
    writeHead: (_, into) => into.copy(text, lineStart, dataStart),
    writeTail(into) {
      if (lineEnd !== undefined) into.literal(lineEnd.tail);
    },
  };
}

/** The end of the id of the event whose line starts here; −1 if there is no such event, or its id contains escapes. */
function endOfId(text: Text, start: number): number {
  if (!isAt(AT_ID, text, start)) return -1;
  const { bytes } = text;
  let at = start + BEFORE_ID.length;
  for (let byte = bytes[at] as number; byte !== QUOTE; byte = bytes[++at] as number) {
    if (byte === 0x5c || byte < 0x20) return -1;
  }
  return at;
}

/** The start of the data; −1 if the timestamp is not written as we would print it. */
function startOfData(text: Text, idEnd: number): number {
  if (!isAt(AT_TIMESTAMP, text, idEnd)) return -1;
  const { bytes } = text;
  const start = idEnd + AFTER_ID.length;
  let at = start;
  for (let byte = bytes[at] as number; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number);
  const digits = at - start;
  if (digits === 0 || digits > TIMESTAMP_DIGITS_MAX || (digits > 1 && bytes[start] === ZERO)) return -1;
  return isAt(AT_DATA, text, at) ? at + BEFORE_DATA.length : -1;
}

/** Remembers the line ends seen so far. */
function knownEnds(): { at(text: Text, start: number): LineEnd | undefined } {
  /** Newest first. */
  const known: LineEnd[] = [];
  return {
    at(text, start) {
      for (let index = 0; index < known.length; index++) {
        const end = known[index] as LineEnd;
        if (isAt(end, text, start)) return end;
      }
      const read = readLineEnd(text, start);
      if (read !== undefined) {
        known.unshift(read);
        known.length = Math.min(known.length, ENDS_MAX);
      }
      return read;
    },
  };
}

/** @returns undefined if there is more than metadata, or the line is not a complete event */
function readLineEnd({ bytes }: Text, start: number): LineEnd | undefined {
  const end = bytes.indexOf(NEWLINE, start);
  const written = bytes.toString('utf8', start, end);
  const hasMore = written.lastIndexOf(BEFORE_METADATA) !== 0 || !written.endsWith('}');
  const metadata = hasMore ? undefined : readMetadata(written.slice(BEFORE_METADATA.length, -1));
  if (metadata === undefined) return undefined;
  if (metadata.refused !== undefined || metadata.afterStage !== undefined || metadata.tick === true) return undefined;
  const { source, pipeline, routingKey, retryCount } = metadata;
  const printed = envelopeText('', 0, '', { source, pipeline, key: routingKey, retryCount });
  const tail = textLiteral(printed.slice(printed.indexOf(BEFORE_METADATA)));
  return { ...byteLiteral(bytes.subarray(start, end + 1)), metadata, tail };
}
