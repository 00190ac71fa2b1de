/**
 * The variables that are certainly bound where an expression stands, innermost first. The list ends with `root` where
 * there is no other variable, or with `caller` inside a lambda that may be called from anywhere: scope is dynamic.
 */
export type Lexical = Bound | 'root' | 'caller';

/** One binding: the object itself tells it from others of the same name. */
export interface Bound {
  readonly name: string;
  readonly next: Lexical;
}

/** With variables bound one after the other, the last one innermost. */
export function bind(lexical: Lexical, names: readonly string[]): Lexical {
  let inner = lexical;
  for (const name of names) inner = { name, next: inner };
  return inner;
}

/** How many frames up a variable is; or that only the scope at run time can tell; or that there is none. */
export function locate(lexical: Lexical, name: string): number | 'dynamic' | 'unbound' {
  let hops = 0;
  let at = lexical;
  for (; typeof at === 'object'; at = at.next) {
    if (at.name === name) return hops;
    hops += 1;
  }
  return at === 'root' ? 'unbound' : 'dynamic';
}

/** The binding that a variable refers to, if it is certain. */
export function bindingOf(lexical: Lexical, name: string): Bound | undefined {
  let at = lexical;
  for (; typeof at === 'object'; at = at.next) if (at.name === name) return at;
  return undefined;
}

/** The names that are certainly bound, innermost first. */
export function boundNames(lexical: Lexical): string[] {
  const names: string[] = [];
  for (let at = lexical; typeof at === 'object'; at = at.next) names.push(at.name);
  return names;
}
