import { ID_LENGTH, writeEventId } from '../event/index.js';
import { literalOf, type ByteWriter } from '../json/index.js';
import { envelopeText, type EnvelopeMetadata } from './envelope.js';

/** What stands around the data in an event's line, written as bytes. */
export interface EnvelopeFrame {
  /** For an event whose id is known. */
  writeHead(id: string, into: ByteWriter): void;
  /** For an event that is given an id now. */
  writeNewHead(counter: number, into: ByteWriter): void;
  writeTail(into: ByteWriter): void;
}

/** Stands for the id until there is one: of the same length. */
const NO_ID = '\u0001'.repeat(ID_LENGTH);
/** Stands for the data. Neither is found in what surrounds them: control characters are escaped in JSON. */
const DATA = '\u0002';

/** For events that differ in id and data only. */
export function envelopeFrame(timestamp: number, metadata: EnvelopeMetadata): EnvelopeFrame {
  const [before = '', after = ''] = envelopeText(NO_ID, timestamp, DATA, metadata).split(DATA);
  const head = literalOf(before);
  const tail = literalOf(after);
  const start = before.indexOf(NO_ID);
  const id = head.text.bytes.subarray(start, start + ID_LENGTH);
  return {
    writeHead(known, into) {
      id.write(known, 'latin1');
      into.literal(head);
    },
    writeNewHead(counter, into) {
      writeEventId(id, timestamp, counter);
      into.literal(head);
    },
    writeTail: (into) => into.literal(tail),
  };
}
