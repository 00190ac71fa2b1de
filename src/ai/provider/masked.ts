import { formsOf, hide } from '../../config/env/index.js';

/** Shorter texts are no secrets: stars for every "1" would hide more than they protect. */
const SECRET_LENGTH_MIN = 4;

/** The text with every secret replaced by stars, in whatever form it stands there: also the key behind a `Bearer`. */
export function masked(text: string, secrets: readonly string[]): string {
  const words = secrets.flatMap((secret) => [secret, ...secret.split(/\s+/).slice(1)]);
  return hide(
    text,
    words.filter((secret) => secret.length >= SECRET_LENGTH_MIN).flatMap((secret) => [...formsOf(secret)]),
  );
}
