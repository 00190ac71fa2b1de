import { isInSeconds, parseDuration } from '../../config/units/index.js';

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})$/;
const EPOCH_MS = /^[0-9]{9,15}$/;

/** What {@link parseMoment} accepts, for messages. */
export const MOMENT_EXAMPLES = '7d, 2h, 2026-01-31, 2026-01-31T08:00Z or milliseconds since the epoch';

/**
 * Parses a moment as it is typed: an age (`15m`, `2h`, `7d`), a day, a time with its zone, or milliseconds since the epoch.
 *
 * @param now milliseconds since the epoch
 * @param dayStart when a day begins, which depends on a time zone
 * @returns milliseconds since the epoch; undefined if the text is none of these
 */
export function parseMoment(text: string, now: number, dayStart: (day: string) => number): number | undefined {
  if (EPOCH_MS.test(text)) return isInSeconds(text) ? undefined : Number(text);
  if (DAY.test(text)) return isRealDay(text) ? dayStart(text) : undefined;
  if (TIME.test(text)) {
    const time = Date.parse(text);
    return Number.isNaN(time) || !isRealDay(text.slice(0, 10)) ? undefined : time;
  }
  const ago = parseDuration(text);
  return ago === undefined ? undefined : Math.max(0, now - ago);
}

/** `Date.parse` accepts 30 February, as 2 March. */
function isRealDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
