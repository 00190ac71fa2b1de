import { EventFailure } from '../../pipeline/index.js';
import type { Delivery, NatsQueue } from '../../sources/index.js';
import { appendAll } from '../append.js';
import type { EventReader } from '../event-reader.js';
import { withNewline } from '../with-newline.js';
import type { Intake } from './ingest-blocks.js';
import { recordsOf } from './records-of.js';

/** Messages that are stored at a time. */
const MESSAGES_MAX = 64;
const BYTES_MAX = 1 << 20;
const NEWLINE = 0x0a;

/** Messages that are to be stored. */
export interface QueueInput {
  readonly queue: NatsQueue;
  /** Names their stream: with a message's place in it, a message is known again. */
  readonly stream: string;
  readonly pipeline: string;
}

/**
 * Stores messages, each as one JSON value or as lines of them, and acknowledges them when they are durable. The next are taken
 * when the last ones are. One that comes again is stored once; what is no JSON is stored as a refused line.
 *
 * @param signal ends it after the messages that are being stored
 * @throws LogError
 */
export async function ingestQueue(input: QueueInput, intake: Intake, signal: AbortSignal): Promise<void> {
  const { queue } = input;
  while (!signal.aborted) {
    const taken = await queue.take(MESSAGES_MAX, BYTES_MAX, signal);
    const entries = taken.flatMap((message) => entriesOf(message, input, intake));
    await appendAll(intake.store, entries, intake.entriesMax);
    queue.acknowledge(taken);
  }
}

function entriesOf(message: Delivery, { stream, pipeline }: QueueInput, intake: Intake) {
  const { line, sequence, time, subject } = message;
  const source = `nats ${subject}`;
  // A stream that was made anew counts from 1 again: the time tells its messages from those before. No header and no event can
  // hold a key that begins so.
  const keyOf = (lineInMessage: number): string => `\u0002nats ${stream} ${sequence} ${time} ${lineInMessage}`;
  const bytes = onOneLine(intake.reader, line);
  return recordsOf({ kind: 'lines', bytes, source, startsFile: true }, 0, intake, { source, pipeline, keyOf }).entries;
}

/** A value that is spread over lines is one event all the same. */
function onOneLine(reader: EventReader, payload: Buffer): Buffer {
  if (!payload.includes(NEWLINE)) return payload;
  try {
    return Buffer.from(reader.readBody(withNewline(payload)).data);
  } catch (error) {
    if (!(error instanceof EventFailure)) throw error;
    return payload;
  }
}
