/** What {@link parseDuration} accepts, for JSON Schema. */
export const DURATION_PATTERN = '^\\s*[0-9]+(\\.[0-9]+)?\\s*(ms|s|m|h|d|w)\\s*$';

const DURATION = /^([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d|w)$/;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Parses a duration: `500ms`, `30s`, `15m`, `2h`, `7d`, `1w`, `1.5h`. A day is 24 hours. Units are lowercase.
 *
 * @returns milliseconds, rounded to an integer; undefined if the text is not a duration, or exceeds 2^53 ms
 */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  if (match === null) return undefined;
  const [, amount = '', unit = ''] = match;
  const milliseconds = Math.round(Number(amount) * (MS_PER_UNIT[unit] ?? Number.NaN));
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}
