/** What {@link parseSize} accepts, for JSON Schema. */
export const SIZE_PATTERN = '^\\s*[0-9]+(\\.[0-9]+)?\\s*([kKmMgGtT]([iI]?[bB])?|[bB])?\\s*$';

const SIZE = /^([0-9]+(?:\.[0-9]+)?)\s*(?:([kmgt])(?:i?b)?|b)?$/;
const POWERS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4 };

/**
 * Parses a size: `512`, `64KB`, `100MB`, `1.5GiB`.
 *
 * Units are powers of 1024, with or without the `i`: 100 MB are 104,857,600 bytes. Case is ignored.
 *
 * @returns bytes, rounded down to an integer; undefined if the text is not a size, or exceeds 2^53
 */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const [, amount = '', unit = ''] = match;
  const bytes = Math.floor(Number(amount) * 1024 ** (POWERS[unit] ?? 0));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
