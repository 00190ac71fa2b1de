import { envelopeText, eventIdWriter, ID_LENGTH } from '../../event/index.js';
import { textLiteral, type TextLiteral, type Scanner, type Text } from '../../json/index.js';
import type { Batch, BlockMeta } from '../batch.js';
import type { LineForm } from './lazy-form.js';

/** A placeholder for the id, of the same length. */
const NO_ID = '\u0001'.repeat(ID_LENGTH);
/** A placeholder for the data. Neither placeholder occurs in the surrounding text, because JSON escapes control characters. */
const DATA = '\u0002';

/**
 * For lines that are the data of new events, which get an id if they are written whole.
 *
 * @param pipeline its name, as events carry it
 * @param bytesMax longer lines take the full path
 */
export function newEvents(scanner: Scanner, pipeline: string, bytesMax: number): LineForm {
  let text: Text;
  let batch: Batch;
  let meta: BlockMeta;
  let frame: Frame | undefined;
  return {
    begin(nextText, nextBatch, nextMeta) {
      text = nextText;
      batch = nextBatch;
      meta = nextMeta;
      frame = undefined;
    },
    scan(start) {
      const end = scanner.scan(text, start);
      return end - start > bytesMax ? -1 : end;
    },
    introduce: () => undefined,
    writeHead(known, into) {
      frame ??= frameOf(meta, pipeline);
      const counter = meta.counter + batch.line;
      const id = known ?? meta.newId?.(meta.timestamp, counter);
      if (id === undefined) frame.writeId(counter);
      else frame.id.write(id, 'latin1');
      into.literal(frame.head);
    },
    writeTail(into) {
      if (frame !== undefined) into.literal(frame.tail);
    },
  };
}

/** What surrounds the data of a block's events. */
interface Frame {
  readonly head: TextLiteral;
  /** The bytes of the id within `head`. */
  readonly id: Buffer;
  /** Writes an id to those bytes. */
  readonly writeId: (counter: number) => void;
  readonly tail: TextLiteral;
}

function frameOf({ source, timestamp }: BlockMeta, pipeline: string): Frame {
  const metadata = { source, pipeline, key: undefined, retryCount: 0 };
  const [before = '', after = ''] = envelopeText(NO_ID, timestamp, DATA, metadata).split(DATA);
  const head = textLiteral(before);
  const start = before.indexOf(NO_ID);
  const id = head.text.bytes.subarray(start, start + ID_LENGTH);
  return { head, id, writeId: eventIdWriter(id, timestamp), tail: textLiteral(after) };
}
