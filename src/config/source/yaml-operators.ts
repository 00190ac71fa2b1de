/** Matches operators of Computo that have a meaning in YAML if they are not quoted. */
const OPERATOR = /^(?:&&|\|\||[><!]=|[><*%-])(?=[\s,\]]|$)/;

/**
 * A hint for an unquoted operator that YAML reads as its own, or a text that starts with a character reserved by YAML.
 *
 * @param text the text at the place of an error
 */
export function operatorHint(text: string): string | undefined {
  const operator = OPERATOR.exec(text)?.[0];
  if (operator !== undefined) return `an operator like this needs quotes: "${operator}"`;
  return /^[@`]/.test(text) ? `text that starts with ${text.charAt(0)} needs quotes` : undefined;
}
