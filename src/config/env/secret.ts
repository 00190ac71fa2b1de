import { inspect } from 'node:util';
import { formsOf, hide } from './mask.js';

const HIDDEN = '***';

/** Shorter texts are words like `none` or `ollama`, in the place of a key that nobody asks for: stars would hide every such word. */
const MASKED_LENGTH_MIN = 7;

const known = new Set<string>();

/** A text that must not be seen. However it is printed, it shows as `***`; only {@link Secret.reveal} gives it. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    if (text.length >= MASKED_LENGTH_MIN && !text.includes('${')) {
      for (const form of formsOf(text)) known.add(form);
    }
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** Replaces every secret that this process knows of, wherever it stands in `text` and however it is encoded. */
export function maskSecrets(text: string): string {
  return hide(text, known);
}
