import type { Node } from '../syntax/index.js';
import { isIndexKey, type Json } from '../value/index.js';
import type { Fields } from './fields.js';
import { readingOf } from './reading.js';
import { rewrite, Unplannable } from './rewrite.js';

/**
 * Evaluates an expression that reads fields.
 *
 * @param context the second input
 * @throws ComputoError, or {@link FIELD_MISSING}
 */
export type Compute = (context: Json) => Json;

/** How a program's result is put together, so that it can be written without being built. */
export type OutputPlan =
  /** A field as it stands. */
  | { readonly kind: 'copy'; readonly field: number }
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, OutputPlan])[] }
  | { readonly kind: 'array'; readonly items: readonly OutputPlan[] }
  | { readonly kind: 'choice'; readonly condition: Compute; readonly then: OutputPlan; readonly else: OutputPlan }
  | { readonly kind: 'compute'; readonly compute: Compute };

/** Turns a rewritten expression into a function. */
export type CompileNode = (node: Node) => Compute;

/** @throws Unplannable */
export function outputOf(node: Node, fields: Fields, compile: CompileNode): OutputPlan {
  const inner = (part: Node): OutputPlan => outputOf(part, fields, compile);
  const computed = (part: Node): Compute => compile(rewrite(part, fields));
  switch (node.type) {
    case 'constant':
      return { kind: 'constant', value: node.value };
    case 'list':
      return { kind: 'array', items: node.elements.map(inner) };
    case 'if':
      return { kind: 'choice', condition: computed(node.condition), then: inner(node.then), else: inner(node.else) };
    case 'call': {
      const reading = readingOf(node);
      if (reading === 'unknown') throw new Unplannable();
      if (reading?.of === 'input' && reading.within.length === 0) {
        return { kind: 'copy', field: fields.number(reading.field) };
      }
      const members = node.operator.name === 'obj' ? membersOf(node.arguments) : undefined;
      if (members === undefined) return { kind: 'compute', compute: computed(node) };
      return { kind: 'object', members: members.map(([key, value]) => [key, inner(value)]) };
    }
    default:
      return { kind: 'compute', compute: computed(node) };
  }
}

/** The members of an `obj` call, where its keys are spelled out, all different, and none of a kind that moves about. */
function membersOf(parts: readonly Node[]): [string, Node][] | undefined {
  const members = new Map<string, Node>();
  for (let index = 0; index < parts.length; index += 2) {
    const key = parts[index];
    const value = parts[index + 1];
    if (key?.type !== 'constant' || typeof key.value !== 'string' || value === undefined) return undefined;
    if (key.value === '__proto__' || isIndexKey(key.value) || members.has(key.value)) return undefined;
    members.set(key.value, value);
  }
  return [...members];
}
