/** The form that a script was written in: JSON or text. */
export type Form = 'json' | 'text';

/** How to fix a mistake: the same in both forms, or one hint for each. */
export type Hint = string | ((form: Form) => string);

export function hintIn(hint: Hint, form: Form): string {
  return typeof hint === 'string' ? hint : hint(form);
}
