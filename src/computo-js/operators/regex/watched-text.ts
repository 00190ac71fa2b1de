/** A text that knows how far it has been read, for a library that doesn't tell how far it looked. */
export class WatchedText extends String {
  /** The last place that was read. */
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

  /** Not counted: a match holds what is looked for, so all such looking ahead is done once. */
  override indexOf(part: string, from?: number): number {
    return this.#text.indexOf(part, from);
  }

  override substring(start: number, end?: number): string {
    return this.#text.substring(start, end);
  }
}
