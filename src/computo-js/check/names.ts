import { bindingOf, rawArgument, type Bound, type Visit } from '../compile/index.js';
import type { Form } from '../hint.js';
import { splitReference } from '../operators/index.js';
import { parameterAt, type Call, type Dialect, type Let, type Node, type Place } from '../syntax/index.js';
import { isArray, isObject, type Json } from '../value/index.js';

/** What rules need to know about a script besides the node that they check. */
export interface Names {
  readonly dialect: Dialect;
  /** The form the script was written in. */
  readonly form: Form;
  /** The names that a `let` or a parameter binds anywhere in the script. */
  readonly bound: ReadonlySet<string>;
  readonly referenced: ReadonlySet<string>;
  /** `used`: the bindings that references certainly mean; `dynamic`: the names of references that are resolved only at run time. */
  readonly used: ReadonlySet<Bound>;
  readonly dynamic: ReadonlySet<string>;
  /** Whether a reference has a name that is bound nowhere. */
  readonly hasUnbound: boolean;
  /** Arguments that are taken literally, and are therefore not data. */
  readonly raw: ReadonlySet<Node>;
  /** Nodes by place. */
  readonly lets: ReadonlyMap<Place, Let>;
  readonly subtractions: ReadonlyMap<Place, Call>;
}

export function collectNames(visits: readonly Visit[], dialect: Dialect, form: Form): Names {
  const bound = new Set<string>();
  const referenced = new Set<string>();
  const used = new Set<Bound>();
  const dynamic = new Set<string>();
  const raw = new Set<Node>();
  const lets = new Map<Place, Let>();
  const subtractions = new Map<Place, Call>();
  for (const { node, lexical } of visits) {
    if (node.type === 'let') {
      lets.set(node.place, node);
      for (const { name } of node.bindings) bound.add(name);
    }
    if (node.type === 'lambda') for (const name of node.parameters) bound.add(name);
    if (node.type === 'constant') collectFromData(node.value, referenced, dynamic);
    // A variable that is called is used, if wrongly.
    if (node.type === 'fault' && node.operator !== undefined) referenced.add(node.operator);
    if (node.type !== 'call') continue;
    if (node.operator.name === '-') subtractions.set(node.place, node);
    for (const [index, argument] of node.arguments.entries()) {
      const role = parameterAt(node.signature, index)?.role;
      if (argument.type === 'constant' && role !== 'value') raw.add(argument);
    }
    const reference = node.operator.name === '$' ? rawArgument(node, 0) : undefined;
    if (typeof reference !== 'string') continue;
    const { name } = splitReference(reference, node);
    referenced.add(name);
    const binding = bindingOf(lexical, name);
    if (binding === undefined) dynamic.add(name);
    else used.add(binding);
  }
  const hasUnbound = [...dynamic].some((name) => !bound.has(name));
  return { dialect, form, hasUnbound, bound, referenced, used, dynamic, raw, lets, subtractions };
}

/** Collects references in a constant, which may hold a lambda as data. Anything that looks like a reference in either dialect counts. */
function collectFromData(value: Json, referenced: Set<string>, dynamic: Set<string>): void {
  const pending: Json[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isArray(next) && !isObject(next)) continue;
    if (isArray(next) && next[0] === '$' && typeof next[1] === 'string') {
      for (const dialect of ['classic', 'current'] as const) {
        const { name } = splitReference(next[1], { dialect });
        referenced.add(name);
        dynamic.add(name);
      }
    }
    for (const inner of isArray(next) ? next : Object.values(next)) pending.push(inner);
  }
}
