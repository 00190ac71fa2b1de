import type { Node } from '../syntax/index.js';
import { describe, isArray, isObject, kindOf, type JsonKind } from '../value/index.js';

/** The kind of value that a node yields, if it yields a value and its form determines the kind. */
export function kindYielded(node: Node): JsonKind | undefined {
  switch (node.type) {
    case 'constant':
      return kindOf(node.value);
    case 'list':
    case 'lambda':
      return 'array';
    case 'call':
      return node.operator.returns;
    default:
      return undefined;
  }
}

/** Whether a node can never yield an array nor, in the current dialect, an object whose member `array` is one. */
export function isNeverArray(node: Node, dialect: 'classic' | 'current'): boolean {
  const kind = kindYielded(node);
  if (kind === undefined || kind === 'array') return false;
  if (kind !== 'object' || dialect === 'classic') return true;
  if (node.type !== 'constant' || !isObject(node.value) || !Object.hasOwn(node.value, 'array')) {
    return node.type === 'constant';
  }
  const list = node.value['array'];
  return list === undefined || !isArray(list);
}

/** Describes what a node yields, for messages. */
export function yieldText(node: Node): string {
  if (node.type === 'constant') return describe(node.value);
  if (node.type === 'call')
    return `what '${node.operator.name}' returns, ${withArticle(node.operator.returns ?? 'value')}`;
  return withArticle(kindYielded(node) ?? 'value');
}

export function withArticle(kind: string): string {
  return kind === 'null' ? kind : `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
