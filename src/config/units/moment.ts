import { parseDuration } from './duration.js';

const ISO =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/i;
const EPOCH_MS = /^[0-9]{1,15}$/;

/** Taken for milliseconds, these numbers are days of the years 1970 to 1973; as seconds, they are of any time from 1973 on. */
const SECONDS_MIN = 1e8;
const SECONDS_MAX = 1e11;

/** How a moment may be written, for messages. */
export const MOMENT_WORDS =
  'a time like 2026-01-02T03:04Z, milliseconds since the epoch, or 15m, 2h, 7d for so long ago';

/**
 * Reads a moment: ISO 8601 to the day, minute, second or finer (UTC where no zone is given), milliseconds since the epoch, or a
 * duration before now.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch, an integer; undefined for what is not a moment, or a number that seems to be in seconds
 */
export function parseMoment(text: string, now: number): number | undefined {
  if (EPOCH_MS.test(text)) return isInSeconds(text) ? undefined : Number(text);
  const ago = parseDuration(text);
  if (ago !== undefined) return Math.floor(now - ago);
  const { date, time = '00:00', zone = 'Z' } = ISO.exec(text)?.groups ?? {};
  if (date === undefined) return undefined;
  const moment = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  // JavaScript takes the 30th of February for the 2nd of March.
  const isReal = !Number.isNaN(moment) && new Date(`${date}T00:00Z`).toISOString().startsWith(date);
  return isReal ? moment : undefined;
}

/** Whether a number is far more likely meant as seconds since the epoch than as milliseconds: nobody should have to guess. */
export function isInSeconds(text: string): boolean {
  return EPOCH_MS.test(text) && Number(text) >= SECONDS_MIN && Number(text) < SECONDS_MAX;
}

/** What is wrong with a text that {@link parseMoment} does not take. */
export function momentProblem(text: string): string {
  if (isInSeconds(text)) return `must be in milliseconds, and ${text} seems to be in seconds: write ${Number(text)}000`;
  return `must be ${MOMENT_WORDS}`;
}
