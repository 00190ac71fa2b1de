import { parameterAt, type Call, type Let, type Node } from '../syntax/index.js';
import type { Entry } from './entry.js';
import type { Copies } from './growth.js';
import { bind, type Bound, type Lexical } from './lexical.js';
import { DIRECT_LEVELS_MAX } from './stack.js';

/** The maximum cost of evaluating an expression once; grows while it is compiled. Lambdas inside have a cost of their own. */
export interface Cost {
  /** Calls of operators. */
  steps: number;
  /** Elements and members that the expression itself builds. */
  units: number;
}

const NO_PARTS: readonly Visit[] = [];

/** A node and what is known about its position in the script. A class, because a script has one for each of its values. */
export class Visit {
  /** For a lambda: whether it is only called where it is written. */
  isInline = false;
  /** The number of enclosing `if` and `let` of which the node is in tail position. */
  tails = 0;
  /** The parts: arguments for a call; the values and then the body for `let`. */
  parts = NO_PARTS;
  /** Set when the node is compiled. */
  entry: Entry | undefined;
  /** Set by `copiesIn`. */
  copies: Copies;
  /** For the reading of a variable: the binding, if the script alone determines it. Set when the node is compiled. */
  variable: Bound | undefined;

  /**
   * @param lexical the variables that are certainly bound at the node
   * @param cost the cost of evaluating the body that the node belongs to
   * @param frames stack frames taken in that body when the node is evaluated, including its own
   */
  constructor(
    readonly node: Node,
    readonly lexical: Lexical,
    readonly cost: Cost,
    readonly frames: number,
  ) {}
}

/** Returns the visit of a whole script or of a standalone expression. */
export function visitRoot(node: Node, lexical: Lexical): Visit {
  return new Visit(node, lexical, { steps: 0, units: 0 }, framesOf(node));
}

/** Stack frames that evaluating a node takes, excluding its parts. */
export function framesOf(node: Node): number {
  return node.type === 'call' ? (node.operator.frames ?? 1) : 1;
}

/** Returns the visits of a node's parts. */
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
  // Beyond the levels that call one another directly, tails run in a loop.
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
