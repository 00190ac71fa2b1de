/** Limits on what a JSON text may hold. */
export interface JsonBounds {
  /** Levels of arrays and objects. */
  readonly depthMax: number;
  /** Values of any kind, including nested ones. */
  readonly valuesMax: number;
}

/**
 * Returns the bound that a JSON text exceeds, or undefined if there is none. Scans the text once, stops at the first excess and
 * allocates nothing. Exact for valid JSON, harmless for other text.
 */
export function excessOf(text: string, { depthMax, valuesMax }: JsonBounds): keyof JsonBounds | undefined {
  // Each level takes two characters, and each value one.
  if (text.length < 2 * depthMax && text.length < valuesMax) return undefined;
  let depth = 0;
  // Each comma and each opening bracket may add one value.
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = closingQuote(text, at);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        values += 1;
        if (depth > depthMax) return 'depthMax';
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      case 0x2c:
        values += 1;
    }
    if (values > valuesMax) return 'valuesMax';
  }
  return undefined;
}

/** Returns where the string that opens at `open` closes, or the end of the text if it does not. */
function closingQuote(text: string, open: number): number {
  let quote = text.indexOf('"', open + 1);
  while (quote !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}
