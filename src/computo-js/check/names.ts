import { rawArgument, type Visit } from '../compile/index.js';
import { splitReference } from '../operators/index.js';
import { isArray, isObject, type Json } from '../value/index.js';

/** The names of variables anywhere in a script. */
export interface Names {
  /** By a `let` or as a parameter. */
  readonly bound: ReadonlySet<string>;
  readonly referenced: ReadonlySet<string>;
}

export function collectNames(visits: readonly Visit[]): Names {
  const bound = new Set<string>();
  const referenced = new Set<string>();
  for (const { node } of visits) {
    if (node.type === 'let') for (const { name } of node.bindings) bound.add(name);
    if (node.type === 'lambda') for (const name of node.parameters) bound.add(name);
    if (node.type === 'constant') collectFromData(node.value, referenced);
    if (node.type !== 'call' || node.operator.name !== '$') continue;
    const reference = rawArgument(node, 0);
    if (typeof reference === 'string') referenced.add(splitReference(reference, node).name);
  }
  return { bound, referenced };
}

/** A constant may hold a lambda as data: what looks like a reference in it counts as one, in either dialect. */
function collectFromData(value: Json, referenced: Set<string>): void {
  const pending: Json[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isArray(next) && !isObject(next)) continue;
    if (isArray(next) && next[0] === '$' && typeof next[1] === 'string') {
      for (const dialect of ['classic', 'current'] as const) referenced.add(splitReference(next[1], { dialect }).name);
    }
    for (const inner of isArray(next) ? next : Object.values(next)) pending.push(inner);
  }
}
