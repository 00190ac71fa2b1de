/**
 * Matches characters that move a cursor, change colors, change the text direction or take no room: C0 and C1 controls (escape
 * sequences begin with one), DEL, bidi marks, zero-width and other invisible characters, and lone surrogates. Newlines and tabs
 * lay out text, and the selectors that turn a character into an emoji are harmless.
 */
function unseen(): RegExp {
  return /(?![\n\t\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
}

/** Detects, for most texts, that there is nothing to hide, in a fraction of the time that it takes to build {@link unseen}. */
function isPlain(text: string): boolean {
  return /^[\t\n -~]*$/.test(text);
}

/**
 * Makes foreign text safe to show: characters that a terminal would act on or hide appear as `\u001b`. JSON keeps its meaning,
 * because such characters occur only within its strings, where the escape is equivalent.
 */
export function visible(text: string): string {
  return isPlain(text) ? text : text.replace(unseen(), escaped);
}

/** Like {@link visible}, on one line, with each character in its column. */
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
