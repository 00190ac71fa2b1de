import { Readable } from 'node:stream';
import { momentProblem, parseMoment } from '../config/units/index.js';
import type { Damage } from '../log/index.js';
import { withoutTicks } from '../event/index.js';
import { bytesOfEvents } from '../pipeline/index.js';
import type { EventStore } from './event-store.js';
import { asTexts, badQuery } from './query.js';

const EVENTS_DEFAULT = 1000;
const EVENTS_MAX = 1_000_000;

/** Larger answers are read from disk, block by block, as fast as the client reads them. */
const BYTES_AT_ONCE = 256 << 10;

/** Which stored events are requested. */
export interface EventsQuery {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly limit: number;
}

/**
 * Parses the query parameters `since` and `limit`.
 *
 * @throws HttpError 400
 */
export function parseEventsQuery(query: unknown, now: number): EventsQuery {
  const { since: from = '0', limit: most = String(EVENTS_DEFAULT) } = asTexts(query, ['since', 'limit']);
  const since = parseMoment(from, now);
  if (since === undefined) throw badQuery(`since ${momentProblem(from)}`);
  const limit = /^[0-9]{1,7}$/.test(most) ? Number(most) : Number.NaN;
  if (!(limit >= 0 && limit <= EVENTS_MAX)) throw badQuery(`limit must be a number from 0 to ${EVENTS_MAX}`);
  return { since, limit };
}

/**
 * Returns stored events, one per line, oldest first, without ticks: a few come from memory if it reaches back that far, others
 * from disk, as fast as the client reads them, so that a slow reader costs one block.
 *
 * @param onDamage called for places that can't be read
 */
export function storedEvents(
  store: EventStore,
  { since, limit }: EventsQuery,
  onDamage: (damage: Damage) => void,
): Buffer | Readable {
  const recent = store.recent(since, limit, BYTES_AT_ONCE)?.bytes;
  // If there are ticks among them, there are fewer events than the client wants.
  if (recent !== undefined && withoutTicks(recent) === recent) return recent;
  return Readable.from(fromDisk(store, since, limit, onDamage), { objectMode: false });
}

async function* fromDisk(
  store: EventStore,
  since: number,
  limit: number,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<Buffer, void, void> {
  let left = limit;
  if (left === 0) return;
  for await (const { bytes, damage } of store.read({ from: { since } })) {
    damage.forEach(onDamage);
    const wanted = bytesOfEvents(bytes, left);
    if (wanted.events > 0) yield withoutTicks(bytes.subarray(0, wanted.bytes));
    left -= wanted.events;
    if (left === 0) return;
  }
}
