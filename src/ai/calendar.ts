const DAY_MS = 86_400_000;
const DAY_CHARACTERS = '2026-01-31'.length;
const FORMATS_MAX = 100;
const formats = new Map<string, Intl.DateTimeFormat>();
/** The last day that was asked for, in days since the epoch. */
let lastDay = { day: 0, text: '1970-01-01' };

/**
 * The calendar day, `2026-01-31`, at a moment in a time zone.
 *
 * @param timeZone an IANA name
 * @throws RangeError when there is no such zone
 */
export function dayAt(time: number, timeZone: string): string {
  // What time zones are is long to load.
  if (timeZone === 'UTC') return utcDay(time);
  let format = formats.get(timeZone);
  if (format === undefined) {
    if (formats.size >= FORMATS_MAX) formats.clear();
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  return format.format(time);
}

function utcDay(time: number): string {
  const day = Math.floor(time / DAY_MS);
  if (lastDay.day !== day) lastDay = { day, text: new Date(time).toISOString().slice(0, DAY_CHARACTERS) };
  return lastDay.text;
}

/** When the next calendar day begins in a time zone, whatever its clock changes do: milliseconds since the epoch. */
export function nextDayStart(time: number, timeZone: string): number {
  const today = dayAt(time, timeZone);
  let before = time;
  // No day is longer than 25 hours, except that a zone may skip a whole day.
  let after = time + 2 * DAY_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayAt(middle, timeZone) === today) before = middle;
    else after = middle;
  }
  return after;
}
