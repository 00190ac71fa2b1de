/** Where a piece of a script stands in its text: from `start` up to `end`, in UTF-16 code units. Plain JSON data. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The pieces within it, by their index in the script's array; null for what has no place of its own. */
  readonly parts?: readonly (Span | null)[];
}

/** A span whose parts are those of an array. */
export function spanOf(start: number, end: number, parts: readonly (Span | undefined)[] = []): Span {
  return parts.length === 0 ? { start, end } : { start, end, parts: parts.map((part) => part ?? null) };
}

/**
 * The span of what a JSON Pointer into the script leads to, or of the innermost piece around it that has one.
 *
 * @param segments of the pointer
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
