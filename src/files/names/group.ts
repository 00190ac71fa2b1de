import type { NameField } from './template.js';

/** As in RFC 3339: `2026-01-31`. */
const DATE_LENGTH = 10;
const DAY_MS = 86_400_000;

/** Texts of days, as many as events of one time can fall on. */
const known = new Map<number, string>();
const KNOWN_MAX = 100;

/**
 * What tells the files of an output apart, as one text. Equal groups are one file.
 *
 * @param key undefined: the event has none
 * @param timestamp milliseconds since the epoch
 */
export function groupOf(fields: readonly NameField[], key: string | undefined, timestamp: number): string {
  const date = fields.includes('date') ? dateOf(timestamp) : '';
  return key === undefined || !fields.includes('routing_key') ? date : `${date}=${key}`;
}

/** What a group is made of. */
export interface GroupFields {
  readonly date: string;
  readonly key: string | undefined;
}

/** Takes apart what {@link groupOf} made. */
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
