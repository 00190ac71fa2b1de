import { bind, type Lexical } from '../compile/index.js';
import { parameterAt, type Let, type Node } from '../syntax/index.js';

/** A node and what is known about where it stands. */
export interface Visit {
  readonly node: Node;
  /** The variables that are certainly bound there. */
  readonly lexical: Lexical;
  /** For a lambda: whether it is called where it stands, and nowhere else. */
  readonly isInline: boolean;
}

/** All nodes of a script, each before those inside it, in the order of the script. Any nesting will do. */
export function walk(root: Node): Visit[] {
  const visits: Visit[] = [];
  const pending: Visit[] = [visit(root, 'root')];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    visits.push(next);
    for (const inner of insideOf(next).reverse()) pending.push(inner);
  }
  return visits;
}

function visit(node: Node, lexical: Lexical, isInline = false): Visit {
  return { node, lexical, isInline };
}

function insideOf({ node, lexical, isInline }: Visit): Visit[] {
  switch (node.type) {
    case 'constant':
      return [];
    case 'list':
      return node.elements.map((element) => visit(element, lexical));
    case 'call':
      return node.arguments.map((argument, index) =>
        visit(argument, lexical, parameterAt(node.signature, index)?.role === 'lambda'),
      );
    case 'if':
      return [node.condition, node.then, node.else].map((part) => visit(part, lexical));
    case 'let':
      return insideLet(node, lexical);
    case 'lambda':
      return [visit(node.body, bind(isInline ? lexical : 'caller', node.parameters))];
    case 'fault':
      // Never evaluated, so nothing is known about its scope.
      return node.inside.map((part) => visit(part, 'caller'));
  }
}

function insideLet(node: Let, outer: Lexical): Visit[] {
  const visits: Visit[] = [];
  let inner = outer;
  for (const { name, value } of node.bindings) {
    visits.push(visit(value, node.sequential ? inner : outer));
    inner = bind(inner, [name]);
  }
  return [...visits, visit(node.body, inner)];
}
