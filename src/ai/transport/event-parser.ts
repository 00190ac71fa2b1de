/** An event of a stream, with its data lines joined. */
export interface StreamEvent {
  /** Empty if the event is not named. */
  readonly name: string;
  readonly data: string;
}

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
  push(piece: string): readonly StreamEvent[] {
    const text = this.#afterCr && piece.startsWith('\n') ? piece.slice(1) : piece;
    if (piece !== '') this.#afterCr = piece.endsWith('\r');
    const events: StreamEvent[] = [];
    let start = 0;
    let cr = text.indexOf('\r');
    for (;;) {
      const lf = text.indexOf('\n', start);
      if (cr !== -1 && cr < start) cr = text.indexOf('\r', start);
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
      if (end === -1) break;
      const line = this.#line + text.slice(start, end);
      this.#line = '';
      start = end === cr && lf === cr + 1 ? end + 2 : end + 1;
      if (line !== '') this.#takeLine(line);
      else this.#flush(events);
    }
    this.#line += text.slice(start);
    return events;
  }

  /** Returns the event that the end of the stream truncated before its empty line. */
  end(): readonly StreamEvent[] {
    if (this.#line !== '') this.#takeLine(this.#line);
    this.#line = '';
    const events: StreamEvent[] = [];
    this.#flush(events);
    return events;
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

  #flush(events: StreamEvent[]): void {
    if (this.#data.length > 0) events.push({ name: this.#name, data: this.#data.join('\n') });
    this.#name = '';
    this.#data = [];
    this.#dataLength = 0;
  }
}
