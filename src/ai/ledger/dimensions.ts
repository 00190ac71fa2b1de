import { dayAt } from '../calendar.js';
import type { LedgerEntry } from './entry.js';

/** What every attempt has one of. */
const NAMES = ['day', 'provider', 'model', 'pipeline', 'stage', 'lane'] as const;
const ANY_TAG = 'tag';
const ONE_TAG = 'tag:';

/** The dimensions by which costs can be grouped, as shown to people. */
export const DIMENSIONS = [...NAMES, ANY_TAG, `${ONE_TAG}NAME`] as const;

/** `tag`: each `name=value`, so that an attempt counts once for each of its tags. `tag:NAME`: the values of that tag. */
export type Dimension = (typeof NAMES)[number] | typeof ANY_TAG | `${typeof ONE_TAG}${string}`;

/** What is shown for an attempt without the tag. */
export const NO_VALUE = '(none)';

/** @returns undefined if costs can't be grouped by this */
export function parseDimension(text: string): Dimension | undefined {
  if (text.startsWith(ONE_TAG) && text.length > ONE_TAG.length) return text as `${typeof ONE_TAG}${string}`;
  return text === ANY_TAG ? text : NAMES.find((name) => name === text);
}

/** The values of an attempt in a dimension: one, or several for its tags; null if it has none. */
export function valuesOf(
  entry: LedgerEntry,
  dimension: Dimension,
  timeZone: string,
): readonly [string | null, ...(string | null)[]] {
  const { tags = {} } = entry;
  if (dimension === 'day') return [dayAt(entry.time, timeZone)];
  if (dimension === 'lane') return [entry.lane ?? 'live'];
  if (dimension === ANY_TAG) {
    const [first = null, ...more] = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
    return [first, ...more];
  }
  if (!isOneTag(dimension)) return [entry[dimension]];
  const name = dimension.slice(ONE_TAG.length);
  return [Object.hasOwn(tags, name) ? (tags[name] ?? null) : null];
}

function isOneTag(dimension: Dimension): dimension is `${typeof ONE_TAG}${string}` {
  return dimension.startsWith(ONE_TAG);
}
