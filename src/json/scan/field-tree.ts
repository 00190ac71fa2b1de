import type { ElementSlots } from './value-slots.js';

/** The fields that a reader wants of every event, as a tree of keys for a scan to compare with. */
export interface FieldTree {
  /** The slot that records the value's position; −1 if only fields inside the value are wanted. */
  readonly slot: number;
  /** Records the positions of the value's elements, if it is an array whose elements are wanted. */
  readonly elements: ElementSlots | undefined;
  /** The wanted keys at this level, as printed between quotes. `children` holds what is wanted below each. */
  readonly keys: readonly Buffer[];
  readonly children: readonly FieldTree[];
  /** The number of the last line that had this field: a second occurrence in one line is a duplicate key. */
  seenInLine: number;
}

/**
 * @param pointers JSON Pointers as lists of decoded segments, all different; the index in the list is the slot
 * @param elements by slot, for arrays whose elements are wanted
 */
export function fieldTree(
  pointers: readonly (readonly string[])[],
  elements: ReadonlyMap<number, ElementSlots>,
): FieldTree {
  const wanted = pointers.map((segments, slot) => ({ segments, slot, elements: elements.get(slot) }));
  return subtree(wanted, 0);
}

interface Wanted {
  readonly segments: readonly string[];
  readonly slot: number;
  readonly elements: ElementSlots | undefined;
}

function subtree(wanted: readonly Wanted[], depth: number): FieldTree {
  const here = wanted.find(({ segments }) => segments.length === depth);
  const below = wanted.filter(({ segments }) => segments.length > depth);
  const names = [...new Set(below.map(({ segments }) => segments[depth] ?? ''))];
  return {
    slot: here?.slot ?? -1,
    elements: here?.elements,
    keys: names.map((name) => Buffer.from(JSON.stringify(name).slice(1, -1))),
    children: names.map((name) =>
      subtree(
        below.filter(({ segments }) => segments[depth] === name),
        depth + 1,
      ),
    ),
    seenInLine: -1,
  };
}

/** Returns what is wanted below the key in the bytes `start` to `end`, if anything. */
export function childAt(tree: FieldTree, bytes: Uint8Array, start: number, end: number): FieldTree | undefined {
  const { keys } = tree;
  const length = end - start;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as Buffer;
    if (key.length !== length) continue;
    let same = 0;
    while (same < length && key[same] === bytes[start + same]) same += 1;
    if (same === length) return tree.children[index];
  }
  return undefined;
}
