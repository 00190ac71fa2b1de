import { temporalLibrary } from '../libraries.js';

/** An average year of the Gregorian calendar, in milliseconds. 400 of them are exactly its 400-year cycle. */
const MS_PER_SLOT = 31_556_952_000;
const SLOTS_PER_CYCLE = 400;
/** Before 1800, no zone changed its clocks: each place had its own time. */
const FIRST_SLOT = 1800 - 1970;
/** After 2500, clocks change by rules, which repeat with the calendar every 400 years. */
const SLOTS_END = 2500 - 1970;

/** A part of a year in which a zone keeps its offset. */
interface Stretch {
  readonly offset: number;
  /** The first instant after the stretch. */
  readonly end: number;
}

/**
 * Returns the offsets of a zone, in milliseconds ahead of UTC. The library may take several milliseconds to tell when clocks
 * change, so it is asked once for each year needed, at most 700.
 *
 * @param name a name in the IANA database that the library knows
 */
export function offsetsOf(name: string): (instant: number) => number {
  const slots: (readonly Stretch[] | undefined)[] = [];
  return (given) => {
    let instant = given;
    let slot = Math.floor(instant / MS_PER_SLOT);
    if (slot >= SLOTS_END) {
      const cycles = Math.ceil((slot - SLOTS_END + 1) / SLOTS_PER_CYCLE);
      slot -= cycles * SLOTS_PER_CYCLE;
      instant -= cycles * SLOTS_PER_CYCLE * MS_PER_SLOT;
    } else if (slot < FIRST_SLOT) {
      slot = FIRST_SLOT;
      instant = FIRST_SLOT * MS_PER_SLOT;
    }
    const stretches = (slots[slot - FIRST_SLOT] ??= stretchesOf(name, slot));
    for (let index = 0; index < stretches.length; index++) {
      const stretch = stretches[index];
      if (stretch !== undefined && instant < stretch.end) return stretch.offset;
    }
    return 0;
  };
}

function stretchesOf(name: string, slot: number): readonly Stretch[] {
  const end = (slot + 1) * MS_PER_SLOT;
  const stretches: Stretch[] = [];
  let at = temporalLibrary()
    .Instant.fromEpochMilliseconds(slot * MS_PER_SLOT)
    .toZonedDateTimeISO(name);
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    const isLast = next === null || next.epochMilliseconds >= end;
    stretches.push({ offset: at.offsetNanoseconds / 1e6, end: isLast ? end : next.epochMilliseconds });
    if (isLast) return stretches;
    at = next;
  }
}
