import { inspect } from 'node:util';
import { formsOf, hide } from './mask.js';

const HIDDEN = '***';

/** Shorter texts are words like `none` or `ollama`, given as a key that nobody checks: masking would hide every such word. */
const MASKED_LENGTH_MIN = 7;

const known = new Set<string>();

/** A text that must not be shown. It is printed as `***` in every way; only {@link Secret.reveal} returns it. */
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

/** Masks every secret known to this process, wherever it appears in `text` and however it is encoded. */
export function maskSecrets(text: string): string {
  return hide(text, known);
}
