import type { Call, Growth } from '../syntax/index.js';
import type { Bound } from './lexical.js';
import type { Visit } from './visit.js';

/**
 * The maximum size of an expression's result when written out: this many copies of the inputs and of each variable, plus
 * something that the script's own length bounds. Undefined if there is no such bound.
 *
 * Data is shared, not copied, so a few lines can yield a result that takes terabytes to print. The result of a program that can
 * do that is measured after every run. This analysis tells which programs can't, which is most of them.
 */
export type Copies = ReadonlyMap<Bound | 'input', number> | undefined;

const NONE: Copies = new Map();
const INPUT: Copies = new Map([['input', 1]]);
/** For a value's text in a string: a control character becomes six characters, and the backslash of its escape grows again in turn. */
const ESCAPED = 6;
/** More copies than this count as unbounded. */
const COPIES_MAX = 1000;
/** More variables than this are not followed. */
const VARIABLES_MAX = 16;

/** Returns how many copies of its inputs a program yields at most; infinite if over a thousand or unknown. */
export function copiesIn(visits: readonly Visit[]): number {
  for (let index = visits.length - 1; index >= 0; index--) {
    const visit = visits[index];
    if (visit !== undefined) visit.copies = copiesOf(visit);
  }
  const copies = visits[0]?.copies;
  return copies === undefined ? Infinity : [...copies.values()].reduce((total, count) => total + count, 0);
}

function copiesOf(visit: Visit): Copies {
  const { node, parts } = visit;
  switch (node.type) {
    case 'constant':
    case 'fault':
      return NONE;
    case 'list':
      return sum(parts);
    case 'if':
      return larger(parts[1]?.copies, parts[2]?.copies);
    case 'let':
      return ofLet(visit);
    case 'lambda':
      return NONE;
    case 'call':
      return ofCall(node, visit);
  }
}

function ofCall(call: Call, visit: Visit): Copies {
  const { parts } = visit;
  const { returns, growth } = call.operator;
  if (growth === undefined) return returns === 'number' || returns === 'boolean' ? NONE : undefined;
  switch (growth) {
    case 'input':
      return INPUT;
    case 'variable':
      return visit.variable === undefined ? undefined : new Map([[visit.variable, 1]]);
    case 'first':
      return parts[0]?.copies;
    case 'sum':
      return sum(parts);
    case 'text':
      return times(sum(parts), ESCAPED);
    case 'joined':
      return parts[1]?.node.type === 'constant' ? times(parts[0]?.copies, ESCAPED) : undefined;
    case 'remade':
      return plus(parts[0]?.copies, ofLambda(visit, 'mapped'));
    case 'mapped':
    case 'reduced':
      return ofLambda(visit, growth);
  }
}

/** What a lambda yields for all elements together, given that each element is a part of its array. */
function ofLambda({ parts }: Visit, growth: Growth): Copies {
  const at = parts.findIndex(({ isInline }) => isInline);
  const lambda = parts[at];
  const body = lambda?.parts[0];
  if (lambda === undefined || body?.copies === undefined) return undefined;
  const parameters = innermost(body.lexical, lambda.node.type === 'lambda' ? lambda.node.parameters.length : 0);
  // Anything else in the body would occur once per element, so the size would grow with the square.
  for (const key of body.copies.keys()) if (key === 'input' || !parameters.includes(key)) return undefined;

  const perParameter = parameters.map((parameter) => body.copies?.get(parameter) ?? 0);
  if (growth === 'mapped') {
    // With an index or a second array, parameters and arrays are in the same order.
    const arrays = parts.slice(0, at);
    return arrays.reduce<Copies>(
      (total, part, index) => plus(total, times(part.copies, perParameter[index] ?? 0)),
      NONE,
    );
  }
  const [accumulated = 0, element = 0] = perParameter;
  if (accumulated > 1) return undefined;
  return plus(parts[2]?.copies, times(parts[0]?.copies, element));
}

function ofLet({ node, parts }: Visit): Copies {
  const body = parts.at(-1);
  if (node.type !== 'let' || body === undefined) return undefined;
  let copies = body.copies;
  // From the last binding to the first, each in terms of those before it.
  for (const [at, bound] of innermost(body.lexical, node.bindings.length).reverse().entries()) {
    const count = copies?.get(bound);
    if (copies === undefined || count === undefined) continue;
    const without = new Map(copies);
    without.delete(bound);
    copies = plus(without, times(parts[node.bindings.length - 1 - at]?.copies, count));
  }
  return copies;
}

/** Returns the last `count` variables that were bound, in the order of binding. */
function innermost(lexical: Visit['lexical'], count: number): Bound[] {
  const bounds: Bound[] = [];
  let at = lexical;
  for (; bounds.length < count && typeof at === 'object'; at = at.next) bounds.push(at);
  return bounds.reverse();
}

function sum(parts: readonly Visit[]): Copies {
  let total = NONE;
  for (const { copies } of parts) total = plus(total, copies);
  return total;
}

function plus(a: Copies, b: Copies): Copies {
  return combine(a, b, (x, y) => x + y);
}

function larger(a: Copies, b: Copies): Copies {
  return combine(a, b, Math.max);
}

function combine(a: Copies, b: Copies, merge: (x: number, y: number) => number): Copies {
  if (a === undefined || b === undefined) return undefined;
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const copies = new Map(a);
  for (const [key, count] of b) {
    const merged = merge(copies.get(key) ?? 0, count);
    if (merged > COPIES_MAX) return undefined;
    copies.set(key, merged);
  }
  return copies.size > VARIABLES_MAX ? undefined : copies;
}

function times(copies: Copies, factor: number): Copies {
  if (copies === undefined || factor === 1 || copies.size === 0) return copies;
  if (factor === 0) return NONE;
  const scaled = new Map<Bound | 'input', number>();
  for (const [key, count] of copies) {
    if (count * factor > COPIES_MAX) return undefined;
    scaled.set(key, count * factor);
  }
  return scaled;
}
