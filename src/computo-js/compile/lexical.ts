/**
 * The variables that are certainly bound at an expression, innermost first. The list ends with `root` if there are no other
 * variables, or with `caller` inside a lambda that may be called from anywhere, because scope is dynamic.
 */
export type Lexical = Bound | 'root' | 'caller';

/** One binding. The object's identity distinguishes it from others of the same name. */
export interface Bound {
  readonly name: string;
  readonly next: Lexical;
}

/** Adds variables that are bound one after the other, so that the last is innermost. */
export function bind(lexical: Lexical, names: readonly string[]): Lexical {
  let inner = lexical;
  for (const name of names) inner = { name, next: inner };
  return inner;
}

/** Returns how many frames up a variable is, `dynamic` if only the scope at run time can tell, or `unbound`. */
export function locate(lexical: Lexical, name: string): number | 'dynamic' | 'unbound' {
  let hops = 0;
  let at = lexical;
  for (; typeof at === 'object'; at = at.next) {
    if (at.name === name) return hops;
    hops += 1;
  }
  return at === 'root' ? 'unbound' : 'dynamic';
}

/** Returns the binding that a variable refers to, if that is certain. */
export function bindingOf(lexical: Lexical, name: string): Bound | undefined {
  let at = lexical;
  for (; typeof at === 'object'; at = at.next) if (at.name === name) return at;
  return undefined;
}

/** Returns the names that are certainly bound, innermost first. */
export function boundNames(lexical: Lexical): string[] {
  const names: string[] = [];
  for (let at = lexical; typeof at === 'object'; at = at.next) names.push(at.name);
  return names;
}
