import { parseDuration } from './duration.js';

const ISO =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/i;
const EPOCH_MS = /^[0-9]{1,15}$/;

/** How a moment may be written, for messages. */
export const MOMENT_WORDS =
  'a time like 2026-01-02T03:04Z, milliseconds since the epoch, or 15m, 2h, 7d for so long ago';

/**
 * Reads a moment: ISO 8601 to the day, minute, second or finer (UTC where no zone is given), milliseconds since the epoch, or a
 * duration before now.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch, an integer; undefined for what is no moment
 */
export function parseMoment(text: string, now: number): number | undefined {
  if (EPOCH_MS.test(text)) return Number(text);
  const ago = parseDuration(text);
  if (ago !== undefined) return Math.floor(now - ago);
  const { date, time = '00:00', zone = 'Z' } = ISO.exec(text)?.groups ?? {};
  if (date === undefined) return undefined;
  const moment = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  // JavaScript takes the 30th of February for the 2nd of March.
  const isReal = !Number.isNaN(moment) && new Date(`${date}T00:00Z`).toISOString().startsWith(date);
  return isReal ? moment : undefined;
}
