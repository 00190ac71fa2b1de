/** A text that records how far it has been read, for a library that does not report that. */
export class WatchedText extends String {
  /** The furthest position that was read. */
  reached = 0;
  readonly #text: string;

  constructor(text: string) {
    super(text);
    this.#text = text;
  }

  override charCodeAt(at: number): number {
    if (at > this.reached) this.reached = at;
    return this.#text.charCodeAt(at);
  }

  /** Not counted, because the match includes the text sought, so each part is read ahead only once. */
  override indexOf(part: string, from?: number): number {
    return this.#text.indexOf(part, from);
  }

  override substring(start: number, end?: number): string {
    return this.#text.substring(start, end);
  }
}
