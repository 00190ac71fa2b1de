import { formatPointer } from 'computo-js';
import { nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';

/** A text in a config, and where it stands. */
export interface Literal {
  readonly text: string;
  readonly pointer: string;
}

/**
 * What an AI stage's script makes a key of its request to be, whatever the event: as far as it is a call of `obj` that says so
 * in plain words. A script that is named is looked up.
 *
 * @param path of the stage's `ai` part
 */
export function requestLiteral(
  document: SourceDocument,
  path: readonly string[],
  stage: SourceNode,
  key: string,
): Literal | undefined {
  const request = stage.entries?.get('request')?.node;
  if (typeof request?.value !== 'string') return request && literalIn(request, [...path, 'request'], key);
  const named = ['scripts', request.value];
  const script = nodeAt(document.root, formatPointer(named));
  return script && literalIn(script, named, key);
}

function literalIn({ items = [] }: SourceNode, path: readonly string[], key: string): Literal | undefined {
  const [head, ...members] = items;
  if (head?.value !== 'obj') return undefined;
  for (const [i, member] of members.entries()) {
    // Classic has pairs, current has keys and values in turn.
    const [name, value] = member.items ?? [];
    if (name?.value === key) return literal(value, [...path, String(i + 1), '1']);
    if (i % 2 === 0 && member.value === key) return literal(members[i + 1], [...path, String(i + 2)]);
  }
  return undefined;
}

function literal(node: SourceNode | undefined, path: readonly string[]): Literal | undefined {
  return typeof node?.value === 'string' ? { text: node.value, pointer: formatPointer(path) } : undefined;
}
