import { nearestName, shorten } from '../../value/index.js';
import { temporalLibrary } from '../libraries.js';
import { OptionProblem } from '../option.js';
import { MS_PER_DAY } from './calendar.js';
import { offsetsOf } from './offsets.js';

/** A time zone. */
export interface Zone {
  /** How far its clocks are ahead of UTC at an instant, in milliseconds. */
  readonly offsetAt: (instant: number) => number;
}

/** The default zone; needs no library. */
export const UTC: Zone = { offsetAt: () => 0 };

/** The longest name in the database has 32 characters. */
const NAME_LENGTH_MAX = 64;
/** Excludes offsets such as `+02:00`, which do not account for summer time. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

/** Zones by name in lower case. There can't be more of them than in the database. */
const known = new Map<string, Zone>([['utc', UTC]]);

/**
 * Returns the zone with a name in the IANA database, in any case.
 *
 * @throws OptionProblem if there is no such zone
 */
export function readZone(name: string): Zone {
  const isName = name.length <= NAME_LENGTH_MAX && NAME.test(name);
  const key = isName ? name.toLowerCase() : '';
  const before = known.get(key);
  if (before !== undefined) return before;
  if (!isZoneName(name)) throw new OptionProblem(`no time zone ${JSON.stringify(shorten(name))} is known${near(name)}`);
  const zone = { offsetAt: offsetsOf(name) };
  known.set(key, zone);
  return zone;
}

/**
 * Returns the instant at which the clocks of a zone show a time. A time that they skip moves forward by the length of the gap; of
 * two instants, the earlier counts.
 *
 * @param local the time shown, in milliseconds since the clocks showed 1970-01-01T00:00
 */
export function instantIn(zone: Zone, local: number): number {
  if (zone === UTC) return local;
  // No clock is a whole day from UTC, and no zone changes its clocks twice within two days.
  const before = zone.offsetAt(local - MS_PER_DAY);
  const after = zone.offsetAt(local + MS_PER_DAY);
  const isAfter = zone.offsetAt(local - before) !== before && zone.offsetAt(local - after) === after;
  return local - (isAfter ? after : before);
}

/** Returns the first instant at which the clocks of a zone show a time or have skipped it. */
export function firstInstantIn(zone: Zone, local: number): number {
  const instant = instantIn(zone, local);
  const offset = zone.offsetAt(instant);
  const skipped = instant + offset - local;
  if (skipped === 0) return instant;
  // The clocks changed at some point in between.
  let before = instant - skipped;
  let after = instant;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zone.offsetAt(middle) === offset) after = middle;
    else before = middle;
  }
  return after;
}

/** Whether a time zone has this name. */
export function isZoneName(name: string): boolean {
  return name.length <= NAME_LENGTH_MAX && NAME.test(name) && isZone(name);
}

function isZone(name: string): boolean {
  try {
    temporalLibrary().Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function near(name: string): string {
  const nearest = nearestName(name, Intl.supportedValuesOf('timeZone'));
  return nearest === undefined ? '' : `, did you mean ${JSON.stringify(nearest)}?`;
}
