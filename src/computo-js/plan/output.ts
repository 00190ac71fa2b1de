import type { Call, Node } from '../syntax/index.js';
import { isIndexKey, type Json } from '../value/index.js';
import type { FieldReader } from './fields.js';
import { readingOf } from './reading.js';
import { rewrite, Unplannable } from './rewrite.js';

/**
 * Evaluates an expression that reads fields.
 *
 * @param context the second input
 * @throws ComputoError, or MISSING if a field is missing
 */
export type Compute = (context: Json) => Json;

/** How a program's result is composed, so that it can be written without being built. */
export type OutputProgram =
  /** A field, unchanged. */
  | { readonly kind: 'copy'; readonly field: number }
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, OutputProgram])[] }
  | { readonly kind: 'array'; readonly items: readonly OutputProgram[] }
  /** The first of the fields that exists and is not null, or else `otherwise`. */
  | { readonly kind: 'first'; readonly fields: readonly number[]; readonly otherwise: OutputProgram }
  | { readonly kind: 'choice'; readonly condition: Compute; readonly then: OutputProgram; readonly else: OutputProgram }
  /** A string of these parts in sequence if all fields are strings, numbers or booleans, or else the computed value. */
  | { readonly kind: 'text'; readonly parts: readonly TextPart[]; readonly otherwise: Compute }
  | { readonly kind: 'compute'; readonly compute: Compute };

export type TextPart = string | { readonly field: number };

/** Compiles a rewritten expression to a function. */
export type CompileNode = (node: Node) => Compute;

/** @throws Unplannable */
export function outputOf(node: Node, fields: FieldReader, compile: CompileNode): OutputProgram {
  const inner = (part: Node): OutputProgram => outputOf(part, fields, compile);
  const computed = (part: Node): Compute => compile(rewrite(part, fields));
  switch (node.type) {
    case 'constant':
      return { kind: 'constant', value: node.value };
    case 'list':
      return { kind: 'array', items: node.elements.map(inner) };
    case 'if':
      return { kind: 'choice', condition: computed(node.condition), then: inner(node.then), else: inner(node.else) };
    case 'call':
      return outputOfCall(node, fields, inner, computed);
    default:
      return { kind: 'compute', compute: computed(node) };
  }
}

function outputOfCall(
  call: Call,
  fields: FieldReader,
  inner: (part: Node) => OutputProgram,
  computed: (part: Node) => Compute,
): OutputProgram {
  if (readingOf(call) === 'unknown') throw new Unplannable();
  const field = fieldOf(call, fields);
  if (field !== undefined) return { kind: 'copy', field };
  const { arguments: args } = call;
  switch (call.operator.written) {
    case 'members': {
      const members = membersOf(args);
      if (members === undefined) break;
      return { kind: 'object', members: members.map(([key, value]) => [key, inner(value)]) };
    }
    case 'text': {
      const parts = textParts(args, fields);
      if (parts === undefined) break;
      return { kind: 'text', parts, otherwise: computed(call) };
    }
    case 'first': {
      const last = args.at(-1);
      const others = args.slice(0, -1).map((part) => fieldOf(part, fields));
      if (last === undefined || !others.every((other) => other !== undefined)) break;
      return { kind: 'first', fields: others, otherwise: inner(last) };
    }
    case undefined:
  }
  return { kind: 'compute', compute: computed(call) };
}

/** Returns the number of the field that an expression reads, if it is just a field. */
function fieldOf(node: Node, fields: FieldReader): number | undefined {
  const reading = node.type === 'call' ? readingOf(node) : undefined;
  if (typeof reading !== 'object' || reading.of !== 'input') return undefined;
  const isWhole = reading.yields === 'value' && reading.within.length === 0;
  return isWhole ? fields.number(reading.field) : undefined;
}

/** Half a character, which prints as something else next to another half. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Returns the parts of a text if they are all constant strings and fields. */
function textParts(args: readonly Node[], fields: FieldReader): TextPart[] | undefined {
  const parts: TextPart[] = [];
  for (const node of args) {
    if (node.type === 'constant' && typeof node.value === 'string' && !LONE_SURROGATE.test(node.value)) {
      parts.push(node.value);
    } else {
      const field = fieldOf(node, fields);
      if (field === undefined) return undefined;
      parts.push({ field });
    }
  }
  return parts;
}

/** Returns the members of an object if its keys are literal, all different, and none that JavaScript moves. */
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
