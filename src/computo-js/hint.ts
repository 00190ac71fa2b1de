/** How a script was written: as JSON, or in the text form. */
export type Form = 'json' | 'text';

/** A way out of a mistake: the same in both forms, or one for each. */
export type Hint = string | ((form: Form) => string);

export function hintIn(hint: Hint, form: Form): string {
  return typeof hint === 'string' ? hint : hint(form);
}
