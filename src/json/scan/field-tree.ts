/**
 * The fields that a reader wants of every event, as a tree of keys: what the scanner compares keys with while it passes.
 */
export interface FieldTree {
  /** Where the value's place is noted; −1 when only fields inside it are wanted. */
  readonly slot: number;
  /** The wanted keys at this level as UTF-8, and what is wanted below each. */
  readonly keys: readonly Uint8Array[];
  readonly children: readonly FieldTree[];
  /** The number of the last line that had this field: seen again in one line, it is a duplicate key. */
  seenInLine: number;
}

/**
 * @param pointers JSON Pointers as lists of decoded segments; the place in the list is the slot. No two are equal.
 */
export function fieldTree(pointers: readonly (readonly string[])[]): FieldTree {
  const slot = pointers.findIndex((segments) => segments.length === 0);
  return subtree(
    pointers.map((segments, index) => ({ segments, slot: index })),
    0,
    slot,
  );
}

interface Wanted {
  readonly segments: readonly string[];
  readonly slot: number;
}

function subtree(wanted: readonly Wanted[], depth: number, slot: number): FieldTree {
  const below = wanted.filter(({ segments }) => segments.length > depth);
  const names = [...new Set(below.map(({ segments }) => segments[depth] ?? ''))];
  const children = names.map((name) => {
    const inside = below.filter(({ segments }) => segments[depth] === name);
    const here = inside.find(({ segments }) => segments.length === depth + 1);
    return subtree(inside, depth + 1, here?.slot ?? -1);
  });
  return { slot, keys: names.map((name) => Buffer.from(name)), children, seenInLine: -1 };
}
