import { nearestName, shorten } from '../../value/index.js';
import { temporalLibrary } from '../libraries.js';
import { OptionProblem } from '../option.js';
import { MS_PER_DAY } from './calendar.js';
import { offsetsOf } from './offsets.js';

/** What clocks show at a place. */
export interface Zone {
  /** How far they are ahead of UTC at an instant, in milliseconds. */
  readonly offsetAt: (instant: number) => number;
}

/** The zone where none is given; needs no library. */
export const UTC: Zone = { offsetAt: () => 0 };

/** The longest name of the database has 32 characters. */
const NAME_LENGTH_MAX = 64;
/** No offsets like `+02:00`: they would say nothing of summer time. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

/** By names in lower case: there are no more of them than the database has. */
const known = new Map<string, Zone>([['utc', UTC]]);

/**
 * The zone with a name of the IANA database, in any case.
 *
 * @throws OptionProblem when there is none
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
 * The instant at which the clocks of a zone show a time. One that they skip moves forward by as much as they do; of two the
 * earlier counts.
 *
 * @param local what they show, as milliseconds since they showed 1970-01-01T00:00
 */
export function instantIn(zone: Zone, local: number): number {
  if (zone === UTC) return local;
  // No clock is a whole day from UTC, and none is set twice within two days.
  const before = zone.offsetAt(local - MS_PER_DAY);
  const after = zone.offsetAt(local + MS_PER_DAY);
  const isAfter = zone.offsetAt(local - before) !== before && zone.offsetAt(local - after) === after;
  return local - (isAfter ? after : before);
}

/** The first instant at which the clocks of a zone show a time or have skipped it. */
export function firstInstantIn(zone: Zone, local: number): number {
  const instant = instantIn(zone, local);
  const offset = zone.offsetAt(instant);
  const skipped = instant + offset - local;
  if (skipped === 0) return instant;
  // They were set at some time between.
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
