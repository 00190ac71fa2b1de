import { parameterAt, type Call, type Let, type Node } from '../syntax/index.js';
import type { Entry } from './entry.js';
import type { Copies } from './growth.js';
import { bind, type Bound, type Lexical } from './lexical.js';
import { DIRECT_LEVELS_MAX } from './stack.js';

/** What evaluating an expression once costs at most; grows while it is compiled. Lambdas inside count for themselves. */
export interface Cost {
  /** Calls of operators. */
  steps: number;
  /** Elements and members that it builds by itself. */
  units: number;
}

const NO_PARTS: readonly Visit[] = [];

/** A node and what is known about where it stands. A class, because a script has one for each of its values. */
export class Visit {
  /** For a lambda: whether it is called where it stands, and nowhere else. */
  isInline = false;
  /** Levels of `if` and `let` around it that it is in tail position of. */
  tails = 0;
  /** Its parts: of a call the arguments, of `let` the values and then the body. */
  parts = NO_PARTS;
  /** Filled in when it is compiled. */
  entry: Entry | undefined;
  /** Filled in by `isBounded`. */
  copies: Copies;
  /** For the reading of a variable: what binds it, where the script alone tells. Filled in when it is compiled. */
  variable: Bound | undefined;

  /**
   * @param lexical the variables that are certainly bound there
   * @param cost what evaluating the body that it belongs to costs
   * @param frames stack frames that are taken in that body when it is evaluated, its own included
   */
  constructor(
    readonly node: Node,
    readonly lexical: Lexical,
    readonly cost: Cost,
    readonly frames: number,
  ) {}
}

/** The visit of a whole script, or of an expression that stands alone. */
export function visitRoot(node: Node, lexical: Lexical): Visit {
  return new Visit(node, lexical, { steps: 0, units: 0 }, framesOf(node));
}

/** Stack frames that evaluating a node takes, without its parts. */
export function framesOf(node: Node): number {
  return node.type === 'call' ? (node.operator.frames ?? 1) : 1;
}

/** The visits of a node's parts. */
export function partsOf(visit: Visit): readonly Visit[] {
  const { node, lexical } = visit;
  switch (node.type) {
    case 'constant':
      return NO_PARTS;
    case 'list':
      return node.elements.map((element) => within(visit, element, lexical));
    case 'call':
      return node.arguments.map((argument, index) => partOfCall(visit, node, argument, index));
    case 'if':
      return [
        within(visit, node.condition, lexical),
        inTailOf(visit, node.then, lexical),
        inTailOf(visit, node.else, lexical),
      ];
    case 'let':
      return partsOfLet(visit, node);
    case 'lambda': {
      const inner = bind(visit.isInline ? lexical : 'caller', node.parameters);
      const frames = framesOf(node.body) + (visit.isInline ? visit.frames : 0);
      return [new Visit(node.body, inner, { steps: 0, units: 0 }, frames)];
    }
    case 'fault':
      // Never evaluated, so nothing is known about its scope.
      return node.inside.map((part) => within(visit, part, 'caller'));
  }
}

function within(outer: Visit, node: Node, lexical: Lexical): Visit {
  return new Visit(node, lexical, outer.cost, outer.frames + framesOf(node));
}

function inTailOf(outer: Visit, node: Node, lexical: Lexical): Visit {
  // Beyond the levels that call one another directly, tails are run in a loop.
  const frames = outer.frames + (outer.tails > DIRECT_LEVELS_MAX ? 0 : framesOf(node));
  const visit = new Visit(node, lexical, outer.cost, frames);
  visit.tails = outer.tails + 1;
  return visit;
}

function partOfCall(outer: Visit, call: Call, argument: Node, index: number): Visit {
  const visit = within(outer, argument, outer.lexical);
  if (argument.type === 'lambda') visit.isInline = parameterAt(call.signature, index)?.role === 'lambda';
  return visit;
}

function partsOfLet(outer: Visit, node: Let): Visit[] {
  const visits: Visit[] = [];
  let inner = outer.lexical;
  for (const { name, value } of node.bindings) {
    visits.push(within(outer, value, node.sequential ? inner : outer.lexical));
    inner = bind(inner, [name]);
  }
  visits.push(inTailOf(outer, node.body, inner));
  return visits;
}
