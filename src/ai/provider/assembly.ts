/** Assembles the events of a stream into the body of the same answer when not streamed, so that there is only one way to read it. */
export interface Assembly {
  /** Takes the JSON of one event. */
  add(event: unknown): void;
  /** Characters of the answer so far: of its text, thoughts and arguments. */
  readonly characters: number;
  /** `finished`: the model is, and usage may follow; `ended`: nothing follows. */
  readonly end: 'open' | 'finished' | 'ended';
  body(): unknown;
}

/** Texts that grow piece by piece, by name. */
export class GrowingTexts {
  readonly #texts = new Map<string, string>();
  characters = 0;

  /** A piece that is not text adds nothing. */
  add(name: string, piece: unknown): void {
    if (typeof piece !== 'string') return;
    this.#texts.set(name, (this.#texts.get(name) ?? '') + piece);
    this.characters += piece.length;
  }

  get(name: string): string | undefined {
    return this.#texts.get(name);
  }
}
