import type { LogEntry } from '../log/index.js';
import type { EventStore } from './event-store.js';

/**
 * Stores entries in order, a few at a time: a long list would have to wait until no other caller stores anything.
 *
 * @param entriesMax how many at a time
 * @returns how many were stored: fewer than given if some idempotency keys were known
 * @throws LogError
 */
export async function appendAll(store: EventStore, entries: readonly LogEntry[], entriesMax: number): Promise<number> {
  let stored = 0;
  for (let at = 0; at < entries.length; at += entriesMax) {
    const receipt = await store.append(
      at === 0 && entries.length <= entriesMax ? entries : entries.slice(at, at + entriesMax),
    );
    stored += receipt.stored;
  }
  return stored;
}
