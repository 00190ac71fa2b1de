import { literalOf, type ByteWriter } from '../json/index.js';
import { envelopeText, type EnvelopeMetadata } from './envelope.js';

/** What stands around the data in an event's line, written as bytes. */
export interface EnvelopeFrame {
  writeHead(id: string, into: ByteWriter): void;
  writeTail(into: ByteWriter): void;
}

/** Neither stands in what surrounds them: ids are UUIDs, and control characters are escaped in JSON. */
const ID = '\u0001';
const DATA = '\u0002';

/** For events that differ in id and data only. */
export function envelopeFrame(timestamp: number, metadata: EnvelopeMetadata): EnvelopeFrame {
  const [beforeId = '', afterId = ''] = envelopeText(ID, timestamp, DATA, metadata).split(ID);
  const [beforeData = '', afterData = ''] = afterId.split(DATA);
  const start = literalOf(beforeId);
  const middle = literalOf(beforeData);
  const end = literalOf(afterData);
  return {
    writeHead(id, into) {
      into.literal(start);
      into.text(id);
      into.literal(middle);
    },
    writeTail: (into) => into.literal(end),
  };
}
