import type { NameField } from './template.js';

/** The length of an RFC 3339 date: `2026-01-31`. */
const DATE_LENGTH = 10;
const DAY_MS = 86_400_000;

/** Cached date texts, enough for the days that events of one period fall on. */
const known = new Map<number, string>();
const KNOWN_MAX = 100;

/**
 * Encodes the fields that select a file of an output as one text. Events with equal groups go to the same file.
 *
 * @param key undefined if the event has none
 * @param timestamp milliseconds since the epoch
 */
export function groupOf(fields: readonly NameField[], key: string | undefined, timestamp: number): string {
  const date = fields.includes('date') ? dateOf(timestamp) : '';
  return key === undefined || !fields.includes('routing_key') ? date : `${date}=${key}`;
}

/** The fields encoded in a group. */
export interface GroupFields {
  readonly date: string;
  readonly key: string | undefined;
}

/** Decodes the text that {@link groupOf} made. */
export function fieldsOfGroup(fields: readonly NameField[], group: string): GroupFields {
  const at = fields.includes('date') ? DATE_LENGTH : 0;
  return { date: group.slice(0, at), key: group.length > at ? group.slice(at + 1) : undefined };
}

/** The day in UTC. */
function dateOf(timestamp: number): string {
  const day = Math.floor(timestamp / DAY_MS);
  const found = known.get(day);
  if (found !== undefined) return found;
  const text = new Date(day * DAY_MS).toISOString().slice(0, DATE_LENGTH);
  if (known.size === KNOWN_MAX) known.clear();
  known.set(day, text);
  return text;
}
