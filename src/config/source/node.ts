import type { Json } from 'computo-js';

/** A range of source text, as offsets in UTF-16 code units; `end` is one past the last. */
export interface SourceSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * A value in a file: the exact value, and where it and its parts were written.
 *
 * An alias of a YAML anchor has a node of its own (its span is the alias), whose parts are those of the anchor.
 */
export interface SourceNode extends SourceSpan {
  readonly value: Json;
  /** For an alias, where its value was written. */
  readonly written?: SourceSpan;
  /** The elements, if the value is an array. */
  readonly items?: readonly SourceNode[];
  /** The members in order, if the value is an object. */
  readonly entries?: ReadonlyMap<string, SourceEntry>;
}

export interface SourceEntry {
  readonly key: SourceSpan;
  readonly node: SourceNode;
}

/** The child of a node that a key or an array index names. */
export function childOf(node: SourceNode, segment: string): SourceNode | undefined {
  if (node.entries !== undefined) return node.entries.get(segment)?.node;
  return node.items !== undefined && /^(?:0|[1-9][0-9]*)$/.test(segment) ? node.items[Number(segment)] : undefined;
}
