import type { LogBlock, LogPosition, LogReadOptions } from '../../log/index.js';
import { readStoredEvent } from '../../event/index.js';
import type { EventReader } from '../event-reader.js';
import { withNewline } from '../with-newline.js';

/** The stored log, as ingestion uses it. */
export interface StoredLog {
  readonly end: LogPosition;
  read(options: LogReadOptions): AsyncIterable<LogBlock>;
}

export interface StoredCount {
  readonly all: number;
  /** Records without an idempotency key of their own: a record with a key is stored only once, however often that is tried. */
  readonly withoutKey: number;
}

/** Counts the log's records of an input behind a position. */
export async function countStored(
  { log, newReader }: { readonly log: StoredLog; readonly newReader: () => EventReader },
  from: LogPosition,
  source: string,
  pipeline: string,
): Promise<StoredCount> {
  const reader = newReader();
  let all = 0;
  let keyed = 0;
  for await (const { bytes } of log.read({ from })) {
    for (const line of bytes.toString('utf8').split('\n')) {
      const event = line === '' ? undefined : readStoredEvent(line);
      if (event === undefined || event.origin.source !== source || event.origin.pipeline !== pipeline) continue;
      all += 1;
      if (event.origin.refused !== undefined) continue;
      if (reader.readBody(withNewline(Buffer.from(event.data))).key !== undefined) keyed += 1;
    }
  }
  return { all, withoutKey: all - keyed };
}
