import { formsOf, hide } from '../../config/env/index.js';
import { parsed } from './read-json.js';

/** Shorter texts are no secrets: stars for every "1" would hide more than they protect. */
const SECRET_LENGTH_MIN = 4;
/** In an answer a shorter one may well be a word: servers of one's own take `ollama` or `none` for a key. */
const SECRET_LENGTH_MIN_IN_ANSWERS = 12;

/** The text with every secret replaced by stars, in whatever form it stands there: also the key behind a `Bearer`. */
export function masked(text: string, secrets: readonly string[]): string {
  return hide(text, formsIn(secrets, SECRET_LENGTH_MIN));
}

/** Replaces the secrets in what is kept of an answer. What has none stays as it is. */
export interface AnswerMask {
  text(text: string): string;
  /** @returns null where JSON without the secrets is none any more */
  json(value: unknown): unknown;
}

export function answerMask(secrets: readonly string[]): AnswerMask {
  const forms = formsIn(secrets, SECRET_LENGTH_MIN_IN_ANSWERS);
  const text = (shown: string): string => hide(shown, forms);
  return {
    text,
    json(value) {
      const whole = JSON.stringify(value);
      const shown = text(whole);
      return shown === whole ? value : (parsed(shown) ?? null);
    },
  };
}

function formsIn(secrets: readonly string[], lengthMin: number): readonly string[] {
  const words = secrets.flatMap((secret) => [secret, ...secret.split(/\s+/).slice(1)]);
  return words.filter((secret) => secret.length >= lengthMin).flatMap((secret) => [...formsOf(secret)]);
}
