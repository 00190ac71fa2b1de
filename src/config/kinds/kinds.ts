/** Stands for each key of a map in the paths that a kind gives. */
export const ANY_KEY = '*';

/** The kinds of something by name, in the order in which they are listed in messages. */
export class Kinds<Kind extends { readonly kind: string }> {
  readonly #byName: Map<string, Kind>;

  constructor(kinds: readonly Kind[]) {
    this.#byName = new Map(kinds.map((one) => [one.kind, one]));
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  get all(): readonly Kind[] {
    return [...this.#byName.values()];
  }

  get(name: string): Kind | undefined {
    return this.#byName.get(name);
  }

  /**
   * The kind of a plan.
   *
   * @throws TypeError when there is no such kind
   */
  of({ kind }: { readonly kind: string }): Kind {
    const found = this.#byName.get(kind);
    if (found === undefined) throw new TypeError(`no kind is named ${kind}`);
    return found;
  }

  /** Adds a kind. @returns a function that removes it again */
  add(one: Kind): () => void {
    this.#byName.set(one.kind, one);
    return () => void this.#byName.delete(one.kind);
  }
}
