import { formsOf, hide, hiding } from '../../config/env/index.js';
import type { Finish } from './provider.js';
import { parsed } from './read-json.js';

/** Shorter texts are not secrets: masking every "1" would hide more than it protects. */
const SECRET_LENGTH_MIN = 4;
/** In an answer, a shorter one may be an ordinary word: self-hosted servers accept keys like `ollama` or `none`. */
const SECRET_LENGTH_MIN_IN_ANSWERS = 12;

/** Replaces every secret in a text with stars, in any encoding, and the key after `Bearer`. */
export function masked(text: string, secrets: readonly string[]): string {
  return hide(text, formsIn(secrets, SECRET_LENGTH_MIN));
}

/** Replaces secrets in what is stored of an answer. An answer without any stays unchanged. */
export interface AnswerMask {
  text(text: string): string;
  /** @returns null when masking makes the JSON invalid */
  json(value: unknown): unknown;
}

/**
 * Makes masks for the answers to one key, and keeps the last one: the forms of a key take longer to make than most answers to read.
 *
 * @param others secrets beside the key
 */
export function answerMasks(others: readonly string[]): (apiKey: string) => AnswerMask {
  let last: { readonly apiKey: string; readonly mask: AnswerMask } | undefined;
  return (apiKey) => {
    if (last?.apiKey !== apiKey) last = { apiKey, mask: answerMask([apiKey, ...others]) };
    return last.mask;
  };
}

function answerMask(secrets: readonly string[]): AnswerMask {
  const text = hiding(secretForms(secrets));
  return {
    text,
    json(value) {
      const whole = JSON.stringify(value);
      const shown = text(whole);
      return shown === whole ? value : (parsed(shown) ?? null);
    },
  };
}

/** All forms of the secrets that are hidden in what is stored of a request or an answer. */
export function secretForms(secrets: readonly string[]): readonly string[] {
  return formsIn(secrets, SECRET_LENGTH_MIN_IN_ANSWERS);
}

function formsIn(secrets: readonly string[], lengthMin: number): readonly string[] {
  const words = secrets.flatMap((secret) => [secret, ...secret.split(/\s+/).slice(1)]);
  return words.filter((secret) => secret.length >= lengthMin).flatMap((secret) => [...formsOf(secret)]);
}

export function maskedFinish(finish: Finish, mask: AnswerMask): Finish {
  if (finish.kind !== 'complete') return { ...finish, reason: mask.text(finish.reason) };
  return {
    ...finish,
    reason: finish.reason === null ? null : mask.text(finish.reason),
  };
}
