import { LogLines, type LogEntry } from '../log/index.js';
import type { EventStore } from './event-store.js';

/**
 * Stores entries in order, a few at a time: a long list would have to wait until no other caller stores anything.
 *
 * @param entriesMax how many at a time
 * @returns how many were stored: fewer than given if some idempotency keys were known
 * @throws LogError
 */
export async function appendAll(
  store: EventStore,
  entries: readonly (LogEntry | LogLines)[],
  entriesMax: number,
): Promise<number> {
  let stored = 0;
  for (const portion of portions(entries, entriesMax)) stored += (await store.append(portion)).stored;
  return stored;
}

function* portions(
  entries: readonly (LogEntry | LogLines)[],
  entriesMax: number,
): Generator<readonly (LogEntry | LogLines)[]> {
  let portion: (LogEntry | LogLines)[] = [];
  let room = entriesMax;
  for (const entry of entries) {
    for (let at = 0, count = countOf(entry); at < count;) {
      const taken = Math.min(count - at, room);
      portion.push(entry instanceof LogLines && taken < count ? entry.slice(at, at + taken) : entry);
      at += taken;
      room -= taken;
      if (room > 0) continue;
      yield portion;
      portion = [];
      room = entriesMax;
    }
  }
  if (portion.length > 0) yield portion;
}

function countOf(entry: LogEntry | LogLines): number {
  return entry instanceof LogLines ? entry.count : 1;
}
