import { DisplacedError, LogError, type LogEntry, type Receipt } from '../log/index.js';
import { EventFailure } from '../pipeline/index.js';
import { displacedLog } from './displaced.js';
import { JsonFailure, type EventReader } from './event-reader.js';
import { entryOf, fingerprintOf } from './entries.js';
import type { EventStore } from './event-store.js';
import { busy, HttpError } from './http-error.js';

/** One incoming event. */
export interface IncomingEvent {
  /** The body and a newline. */
  readonly body: Buffer;
  readonly pipeline: string;
  readonly metadata: string;
  /** The request's own idempotency key. */
  readonly key: string | undefined;
}

/**
 * Stores one event. Resolves when it is durable.
 *
 * @returns its id: that of the earlier event if its idempotency key is known
 * @throws HttpError 400, 413, 422 if the key came with another body before, 503
 */
export async function storeEvent(store: EventStore, reader: EventReader, incoming: IncomingEvent): Promise<string> {
  const { data, key } = readOne(reader, incoming.body);
  const entry = entryOf(data, incoming.metadata, incoming.pipeline, incoming.key ?? key);
  // A request's key is tied to its body. A key in the event itself decides which events are the same.
  const isOfRequest = incoming.key !== undefined;
  const claimed = isOfRequest ? { ...entry, fingerprint: fingerprintOf(data) } : entry;
  const { ids, conflicts } = await storing(() => appendNow(store, claimed));
  if (conflicts.length > 0) throw keyReused();
  return ids[0] ?? '';
}

/** @throws HttpError 503 if too many events are already waiting for the disk; LogError */
function appendNow(store: EventStore, entry: LogEntry): Promise<Receipt> {
  const receipt = store.tryAppend([entry]);
  if (receipt !== 'full') return receipt;
  throw busy('more events are waiting for the disk than the queue takes (processing.max_queue_size)');
}

/** Stores something. @throws HttpError 413 if it can't be a record, 503 if it is not stored */
export async function storing<T>(append: () => Promise<T>): Promise<T> {
  try {
    return await append();
  } catch (error) {
    throw storageError(error);
  }
}

function readOne(reader: EventReader, body: Buffer): ReturnType<EventReader['readBody']> {
  try {
    return reader.readBody(body);
  } catch (error) {
    if (error instanceof EventFailure) throw refusal(error);
    throw error;
  }
}

function keyReused(): HttpError {
  const message =
    'this Idempotency-Key was used with another body before: nothing is stored; use a new key for each event';
  return new HttpError(422, 'Idempotency key reused', message);
}

/** Converts the failure of a body that is not an event. */
function refusal(failure: EventFailure): HttpError {
  const error = failure.kind === 'invalid_utf8' ? 'Invalid UTF-8' : 'Invalid JSON';
  const place = failure instanceof JsonFailure ? { line: failure.line, column: failure.column } : {};
  return new HttpError(400, error, failure.message, place);
}

/** Converts a failure of the log to what a client sees: the event is not stored. */
function storageError(error: unknown): unknown {
  if (error instanceof DisplacedError) return displacedLog(error);
  if (!(error instanceof LogError)) return error;
  switch (error.kind) {
    case 'record':
      return new HttpError(413, 'Request body too large', error.message);
    case 'closed':
      return new HttpError(503, 'Shutting down', 'the daemon is stopping', {}, { 'retry-after': '5' });
    default:
      // The path and the reason are for the operator's log, not for clients.
      return new HttpError(503, 'Storage unavailable', 'the event could not be stored', {}, { 'retry-after': '5' });
  }
}
