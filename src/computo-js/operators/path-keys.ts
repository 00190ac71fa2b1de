import type { Hint } from '../hint.js';
import { parsePointer } from '../pointer/index.js';
import { placeInside, type Call, type Node, type Place, type Report } from '../syntax/index.js';
import { isArray, stringify, type Json } from '../value/index.js';

/** A literal key and its place. */
export interface GivenKey {
  readonly key: Json;
  readonly place: Place;
}

/** Matches a path given instead of a key. */
export const POINTER = /^\/[^/]/;

/**
 * Reports the first key that is written like a path if the operator takes whole keys: `omit($input, ["/email"])` omits nothing.
 *
 * @param looksLikePath matches a key that is hardly meant as one
 * @param cureOf returns what to write for a path
 */
export function reportPathKeys(
  { operator: { name } }: Call,
  keys: readonly GivenKey[],
  looksLikePath: RegExp,
  cureOf: (path: readonly string[]) => Hint,
  report: Report,
): void {
  for (const { key, place } of keys) {
    if (typeof key !== 'string' || !looksLikePath.test(key)) continue;
    report({
      code: 'path-as-key',
      severity: 'warning',
      place,
      message: `'${name}' takes keys, and ${stringify(key)} looks like a path: it is the whole name of one member here`,
      hint: cureOf(key.startsWith('/') ? parsePointer(key) : key.split('.')),
    });
    return;
  }
}

/** Returns the keys of a literal list. */
export function listedKeys(node: Node | undefined): readonly GivenKey[] {
  if (node?.type === 'list') return node.elements.flatMap(givenKey);
  if (node?.type !== 'constant' || !isArray(node.value)) return [];
  return node.value.map((key, index) => ({ key, place: placeInside(node.place, index) }));
}

/** Returns a literal argument as a key. */
export function givenKey(node: Node): readonly GivenKey[] {
  return node.type === 'constant' ? [{ key: node.value, place: node.place }] : [];
}
