const COMMA = 0x2c;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

type State =
  | 'field-start'
  | 'unquoted'
  | 'quoted'
  /** After a quote within a quoted field: it ends the field, or it is the first of a doubled quote. */
  | 'quote-seen'
  | 'return-seen'
  /** The end of a quoted field is followed by neither a comma nor a line break. */
  | 'junk';

/** The search for the end of one row, possibly across several chunks. */
export class CsvRowEnd {
  #state: State = 'field-start';
  #at: number;

  /** @param start where the row starts in the bytes that are searched */
  constructor(start: number) {
    this.#at = start;
  }

  /** Adjusts to the removal of the first `count` bytes. */
  moveBack(count: number): void {
    this.#at -= count;
  }

  /** @returns the position of the newline after the row, or of what breaks the row; undefined if the bytes contain neither */
  find(bytes: Buffer): number | undefined {
    // The byte that breaks the row may no longer be in the buffer.
    if (this.#state === 'junk') return Math.max(0, this.#at);
    for (let at = this.#at; at < bytes.length; at++) {
      if (this.#state === 'quoted') {
        const quote = bytes.indexOf(QUOTE, at);
        if (quote === -1) break;
        at = quote;
      }
      const byte = bytes[at];
      if (byte === NEWLINE && this.#state !== 'quoted') return (this.#at = at);
      this.#state = after(this.#state, byte);
      if (this.#state === 'junk') return (this.#at = at);
    }
    this.#at = bytes.length;
    return undefined;
  }

  /** Describes for people what breaks the row. @param isCut whether the input has ended within it */
  fault(isCut: boolean): string | undefined {
    if (this.#state === 'junk') return 'text follows the closing quote of a field';
    return isCut && this.#state === 'quoted' ? 'the opening quote of a field is never closed' : undefined;
  }
}

function after(state: State, byte: number | undefined): State {
  switch (state) {
    case 'field-start':
      return byte === QUOTE ? 'quoted' : byte === COMMA ? 'field-start' : 'unquoted';
    case 'unquoted':
      return byte === COMMA ? 'field-start' : 'unquoted';
    case 'quoted':
      return byte === QUOTE ? 'quote-seen' : 'quoted';
    case 'quote-seen':
      if (byte === QUOTE) return 'quoted';
      return byte === COMMA ? 'field-start' : byte === CARRIAGE_RETURN ? 'return-seen' : 'junk';
    case 'return-seen':
    case 'junk':
      return 'junk';
  }
}
