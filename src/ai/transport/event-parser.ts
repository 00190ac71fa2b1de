/** An event of a stream, with its data lines joined. */
export interface StreamEvent {
  /** Empty if the event is not named. */
  readonly name: string;
  readonly data: string;
}

const LINE_END = /\r\n|[\r\n]/g;

/** Parses server-sent events (`text/event-stream`) from pieces of text that are cut anywhere. */
export class EventParser {
  /** The begun line. */
  #line = '';
  #name = '';
  #data: string[] = [];
  #dataLength = 0;
  /** The last piece ended with a CR, to which a LF may belong. */
  #afterCr = false;

  /** Characters buffered until the end of their event. */
  get pending(): number {
    return this.#line.length + this.#dataLength;
  }

  /** Returns the events that this piece completes. */
  *push(piece: string): Generator<StreamEvent> {
    const text = this.#afterCr && piece.startsWith('\n') ? piece.slice(1) : piece;
    if (piece !== '') this.#afterCr = piece.endsWith('\r');
    let start = 0;
    for (const end of text.matchAll(LINE_END)) {
      const line = this.#line + text.slice(start, end.index);
      this.#line = '';
      start = end.index + end[0].length;
      if (line !== '') this.#takeLine(line);
      else yield* this.#flush();
    }
    this.#line += text.slice(start);
  }

  /** Returns the event that the end of the stream truncated before its empty line. */
  *end(): Generator<StreamEvent> {
    if (this.#line !== '') this.#takeLine(this.#line);
    this.#line = '';
    yield* this.#flush();
  }

  #takeLine(line: string): void {
    const colon = line.indexOf(':');
    // A comment begins with the colon.
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#name = value;
    if (field !== 'data') return;
    this.#data.push(value);
    this.#dataLength += value.length + 1;
  }

  *#flush(): Generator<StreamEvent> {
    const [name, data] = [this.#name, this.#data];
    this.#name = '';
    this.#data = [];
    this.#dataLength = 0;
    if (data.length > 0) yield { name, data: data.join('\n') };
  }
}
