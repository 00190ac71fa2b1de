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
  /** A string of these, one after the other, where all fields are strings, numbers or booleans; else what is computed. */
  | { readonly kind: 'text'; readonly parts: readonly TextPart[]; readonly otherwise: Compute }
  | { readonly kind: 'compute'; readonly compute: Compute };

export type TextPart = string | { readonly field: number };

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
      if (members !== undefined) return { kind: 'object', members: members.map(([key, value]) => [key, inner(value)]) };
      const compute = computed(node);
      const parts = node.operator.name === 'strConcat' ? textParts(node.arguments, fields) : undefined;
      return parts === undefined ? { kind: 'compute', compute } : { kind: 'text', parts, otherwise: compute };
    }
    default:
      return { kind: 'compute', compute: computed(node) };
  }
}

/** Half a character: with another half beside it, it prints as something else. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The parts of a `strConcat` call, where they are constant strings and fields. */
function textParts(args: readonly Node[], fields: Fields): TextPart[] | undefined {
  const parts: TextPart[] = [];
  for (const node of args) {
    const reading = node.type === 'call' ? readingOf(node) : undefined;
    if (node.type === 'constant' && typeof node.value === 'string' && !LONE_SURROGATE.test(node.value)) {
      parts.push(node.value);
    } else if (typeof reading === 'object' && reading.of === 'input' && reading.within.length === 0) {
      parts.push({ field: fields.number(reading.field) });
    } else return undefined;
  }
  return parts;
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
