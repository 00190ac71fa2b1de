import { envelopeText, eventIdWriter, ID_LENGTH } from '../../event/index.js';
import { textLiteral, type TextLiteral, type Scanner, type Text } from '../../json/index.js';
import type { Batch, BlockMeta } from '../batch.js';
import type { LineForm } from './lazy-form.js';

/** Stands for the id until there is one: of the same length. */
const NO_ID = '\u0001'.repeat(ID_LENGTH);
/** Stands for the data. Neither is found in what surrounds them: control characters are escaped in JSON. */
const DATA = '\u0002';

/**
 * Lines that are the data of new events, which are given an id when they are written whole.
 *
 * @param pipeline its name, as events carry it
 * @param bytesMax longer lines go the full way
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
    writeHead(id, into) {
      frame ??= frameOf(meta, pipeline);
      if (id === undefined) frame.writeId(meta.counter + batch.line);
      else frame.id.write(id, 'latin1');
      into.literal(frame.head);
    },
    writeTail(into) {
      if (frame !== undefined) into.literal(frame.tail);
    },
  };
}

/** What stands around the data of a block's events. */
interface Frame {
  readonly head: TextLiteral;
  /** The bytes of `head` that are the id. */
  readonly id: Buffer;
  /** Makes an id there. */
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
