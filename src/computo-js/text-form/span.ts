/** The position of a piece of a script in its text: from `start` to `end`, exclusive, in UTF-16 code units. Plain JSON data. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The pieces within it, by index in the script's array; null for a part without a position of its own. */
  readonly parts?: readonly (Span | null)[];
}

/** Returns a span whose parts are those of an array. */
export function spanOf(start: number, end: number, parts: readonly (Span | undefined)[] = []): Span {
  return parts.length === 0 ? { start, end } : { start, end, parts: parts.map((part) => part ?? null) };
}

/**
 * Returns the span of the piece that a JSON Pointer into the script leads to, or of the innermost piece around it that has a
 * span.
 *
 * @param segments the pointer's segments
 */
export function spanAt(root: Span, segments: readonly string[]): Span {
  let span = root;
  for (const segment of segments) {
    const part = span.parts?.[Number(segment)] ?? null;
    if (part === null) return span;
    span = part;
  }
  return span;
}
