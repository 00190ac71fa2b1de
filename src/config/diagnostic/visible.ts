/**
 * What moves a cursor, changes colours, turns the direction of what follows or takes no room: C0 and C1 controls (escape
 * sequences begin with one), DEL, bidi marks, zero-width and other characters that show as nothing, lone surrogates. Newlines
 * and tabs lay text out, and the selectors that make an emoji of a sign are harmless.
 */
function unseen(): RegExp {
  return /(?![\n\t\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
}

/** Of most texts this tells that there is nothing to hide, in a fraction of the time that it takes to prepare {@link unseen}. */
function isPlain(text: string): boolean {
  return /^[\t\n -~]*$/.test(text);
}

/**
 * Text of others, for a person: what a terminal would act on or hide shows as `\u001b`. JSON stays the same JSON, because
 * such characters stand only within its strings, and mean the same there when they are written so.
 */
export function visible(text: string): string {
  return isPlain(text) ? text : text.replace(unseen(), escaped);
}

/** As {@link visible}, on one line, where each character keeps its column. */
export function blanked(text: string): string {
  const seen = isPlain(text) ? text : text.replace(unseen(), (character) => ' '.repeat(character.length));
  return seen.replaceAll(/[\n\t]/g, ' ');
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}
