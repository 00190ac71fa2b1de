import type { Node } from '../syntax/index.js';
import { exceeds, unlimited } from '../value/index.js';
import { readingOf } from './reading.js';

/** Larger scripts are not worth a plan, and planning, which is recursive in part, could not process them. */
const NODES_MAX = 1000;
/** Longer paths find nothing, because no event is nested that deep. */
const PATH_MAX = 1000;

/** What planning needs to know about a script as a whole. */
export interface FieldSurvey {
  readonly nodes: number;
  readonly readsContext: boolean;
}

/**
 * Examines every expression that a run may reach. Takes no stack.
 *
 * @param limit units for the whole script, of which a constant may use its share
 * @returns undefined for a script that is too large to plan
 */
export function survey(root: Node, limit: number): FieldSurvey | undefined {
  const constantUnitsMax = limit / (NODES_MAX + 1);
  const pending: Node[] = [root];
  let nodes = 0;
  let readsContext = false;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    nodes += 1;
    if (nodes > NODES_MAX) return undefined;
    if (node.type === 'constant' && exceeds(node.value, constantUnitsMax, unlimited())) return undefined;
    const reading = node.type === 'call' ? readingOf(node) : undefined;
    if (typeof reading === 'object') readsContext ||= reading.of === 'context';
    else for (const part of partsOf(node)) pending.push(part);
    // Fields are stored as a tree, which is traversed recursively.
    if (typeof reading === 'object' && reading.of === 'input' && reading.field.length > PATH_MAX) return undefined;
  }
  return { nodes, readsContext };
}

function partsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'constant':
    case 'fault':
      return [];
    case 'list':
      return node.elements;
    case 'call':
      return node.arguments;
    case 'if':
      return [node.condition, node.then, node.else];
    case 'let':
      return [...node.bindings.map(({ value }) => value), node.body];
    case 'lambda':
      return [node.body];
  }
}
