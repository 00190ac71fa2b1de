/**
 * Headers by name, in any case: the subset of the class `Headers` that calls need. For that class, Node loads all of its `fetch`,
 * which takes a third of its start time.
 */
export class HeaderList {
  readonly #values = new Map<string, string>();

  constructor(headers: Readonly<Record<string, string>> = {}) {
    for (const [name, value] of Object.entries(headers)) this.append(name, value);
  }

  /** Several values of one name are joined by commas. */
  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), trimmed(value));
  }

  append(name: string, value: string): void {
    const key = name.toLowerCase();
    const before = this.#values.get(key);
    this.#values.set(key, before === undefined ? trimmed(value) : `${before}, ${trimmed(value)}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  /** Names are in lower case. */
  entries(): MapIterator<[string, string]> {
    return this.#values.entries();
  }

  forEach(act: (value: string, name: string) => void): void {
    this.#values.forEach(act);
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}

/** It and what is below it may be around a value. */
const SPACE = 0x20;

/** Space around a value is not part of it: a key that is read from a file often has a line break at its end. */
function trimmed(value: string): string {
  if (value.charCodeAt(0) > SPACE && value.charCodeAt(value.length - 1) > SPACE) return value;
  return value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
}
