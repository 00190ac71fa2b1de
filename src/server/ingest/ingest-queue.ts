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

/** Messages to be stored. */
export interface QueueInput {
  readonly queue: NatsQueue;
  /** Their stream's name: together with a message's sequence number it identifies the message. */
  readonly stream: string;
  readonly pipeline: string;
}

/**
 * Stores messages, each as one JSON value or as lines, and acknowledges them when they are durable. Takes the next messages after
 * that. A redelivered message is stored once; one that is not JSON is stored as a rejected line.
 *
 * @param signal ends it after the current messages are stored
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
  // A recreated stream counts from 1 again: the time distinguishes its messages from earlier ones. No header and no event can hold
  // a key with this prefix.
  const keyOf = (lineInMessage: number): string => `\u0002nats ${stream} ${sequence} ${time} ${lineInMessage}`;
  const bytes = onOneLine(intake.reader, line);
  return recordsOf({ kind: 'lines', bytes, source, startsFile: true }, 0, intake, { source, pipeline, keyOf }).entries;
}

/** A value spread over several lines is still one event. */
function onOneLine(reader: EventReader, payload: Buffer): Buffer {
  if (!payload.includes(NEWLINE)) return payload;
  try {
    return Buffer.from(reader.readBody(withNewline(payload)).data);
  } catch (error) {
    if (!(error instanceof EventFailure)) throw error;
    return payload;
  }
}
