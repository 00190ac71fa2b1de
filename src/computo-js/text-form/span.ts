/** Where a piece of a script stands in its text: from `start` up to `end`, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The pieces within it, by their index in the script's array or their key in its object; what has none has no place of its own. */
  readonly parts?: ReadonlyMap<number | string, Span>;
}

/** A span whose parts are those of an array. */
export function spanOf(start: number, end: number, parts: readonly (Span | undefined)[] = []): Span {
  const known = parts.flatMap((part, index) => (part === undefined ? [] : [[index, part] as const]));
  return known.length === 0 ? { start, end } : { start, end, parts: new Map(known) };
}

/**
 * The span of what a JSON Pointer into the script leads to, or of the innermost piece around it that has one.
 *
 * @param segments of the pointer
 */
export function spanAt(root: Span, segments: readonly string[]): Span {
  let span = root;
  for (const segment of segments) {
    const part = span.parts?.get(segment) ?? span.parts?.get(Number(segment));
    if (part === undefined) return span;
    span = part;
  }
  return span;
}
