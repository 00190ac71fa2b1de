import { parseDuration } from './duration.js';

const ISO =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/i;
const EPOCH_MS = /^[0-9]{1,15}$/;

/** As milliseconds, numbers in this range fall in the years 1970 to 1973; as seconds, they mean times from 1973 on. */
const SECONDS_MIN = 1e8;
const SECONDS_MAX = 1e11;

/** The possible forms of a moment, for messages. */
export const MOMENT_WORDS =
  'a time like 2026-01-02T03:04Z, milliseconds since the epoch, or 15m, 2h, 7d for how long ago';

/**
 * Parses a moment: ISO 8601 to the day, minute, second or finer (UTC if no zone is given), milliseconds since the epoch, or a
 * duration before now.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch, an integer; undefined if the text is not a moment, or is a number that seems to be in
 *   seconds
 */
export function parseMoment(text: string, now: number): number | undefined {
  if (EPOCH_MS.test(text)) return isInSeconds(text) ? undefined : Number(text);
  const ago = parseDuration(text);
  if (ago !== undefined) return Math.floor(now - ago);
  const { date, time = '00:00', zone = 'Z' } = ISO.exec(text)?.groups ?? {};
  if (date === undefined) return undefined;
  const moment = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  // JavaScript reads February 30 as March 2.
  const isReal = !Number.isNaN(moment) && new Date(`${date}T00:00Z`).toISOString().startsWith(date);
  return isReal ? moment : undefined;
}

/** Whether a number is far more likely to be seconds since the epoch than milliseconds, so that nobody has to guess. */
export function isInSeconds(text: string): boolean {
  return EPOCH_MS.test(text) && Number(text) >= SECONDS_MIN && Number(text) < SECONDS_MAX;
}

/** Explains why {@link parseMoment} does not accept a text. */
export function momentProblem(text: string): string {
  if (isInSeconds(text)) return `must be in milliseconds, and ${text} seems to be in seconds: write ${Number(text)}000`;
  return `must be ${MOMENT_WORDS}`;
}
