/** Operators of Computo that mean something to YAML when they stand without quotes. */
const OPERATOR = /^(?:&&|\|\||[><!]=|[><*%-])(?=[\s,\]]|$)/;

/**
 * The way out where an operator without quotes is read as YAML's own sign, or text starts with one that YAML reserves.
 *
 * @param text what stands at the place of a mistake
 */
export function operatorHint(text: string): string | undefined {
  const operator = OPERATOR.exec(text)?.[0];
  if (operator !== undefined) return `an operator like this needs quotes: "${operator}"`;
  return /^[@`]/.test(text) ? `text that starts with ${text.charAt(0)} needs quotes` : undefined;
}
