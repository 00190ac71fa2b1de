import { REFUSED } from './bytes.js';
import type { FieldTree } from './field-tree.js';
import { byteLiteral, type ByteLiteral } from './byte-literal.js';

/**
 * The lines of a log look alike. The text between their values (`,"level":`) is learned from the first lines and
 * recognized in the others by comparing four bytes at a time.
 *
 * The objects seen at one node form a tree: each path from its start lists the members of some object, in order.
 * Only text that a careful scan has accepted is added, so following a path proves that an object is well formed
 * and has no wanted key twice.
 */
export interface ShapeNode {
  /** What is wanted of the values at this node. */
  readonly wanted: FieldTree | undefined;
  /** The state before the first member of an object. */
  readonly start: ShapeState;
  /** The nodes of an object's members, by key as written, with quotes. */
  readonly members: Map<string, ShapeNode>;
  /** The node of an array's elements, once an array has been seen. */
  elements: ShapeNode | undefined;
}

/** A position in an object: after certain members. */
export interface ShapeState {
  /** What has followed this position, most recently learned first. */
  next: ShapeLink | undefined;
  links: number;
  readonly before: ShapeState | undefined;
  /** The key that was read last; undefined at the start. */
  readonly key: string | undefined;
  readonly wanted: FieldTree | undefined;
}

/** The text from the end of one value to the start of the next, or past the end of the object. */
export interface ShapeLink extends ByteLiteral {
  /** Whether the text contains white space or leads to a repeated key. */
  readonly isOdd: boolean;
  /** The node of the value that follows; undefined if the object ends. */
  readonly place: ShapeNode | undefined;
  readonly then: ShapeState;
  readonly other: ShapeLink | undefined;
}

/** What a careful scan found after a member. */
export interface ScannedStep {
  /** Where the last value ended. */
  readonly start: number;
  /** Where the next value starts; one past the end of the object if there is no next value. */
  readonly end: number;
  /** From quote to quote; undefined at the end of the object. */
  readonly key: { readonly start: number; readonly end: number } | undefined;
  readonly isOdd: boolean;
}

/** Comparing with more alternatives would take longer than reading. */
const LINKS_PER_MEMBER_MAX = 8;
/** The most links that one scanner learns, because objects whose keys are data would fill the memory. */
const LINKS_MAX = 2000;

export interface Shapes {
  readonly root: ShapeNode;
  /**
   * Makes a link from a step; returns undefined if there is no room for another.
   *
   * @throws REFUSED if the step leads to a wanted key that has occurred before
   */
  learn(place: ShapeNode, member: ShapeState, bytes: Uint8Array, step: ScannedStep): ShapeLink | undefined;
  /** Returns a new node for the elements of a place's arrays. */
  learnElements(place: ShapeNode): ShapeNode;
}

/** Is told what shapes learn. */
export interface ShapeMirror {
  /** @param text from the end of one value to the start of the next */
  learn(place: ShapeNode, member: ShapeState, link: ShapeLink, text: Uint8Array): void;
  learnElements(place: ShapeNode, elements: ShapeNode): void;
}

export function createShapes(wanted: FieldTree, mirror?: ShapeMirror): Shapes {
  let links = 0;
  return {
    root: shapeNode(wanted),
    learn(place, member, bytes, step) {
      if (links >= LINKS_MAX || member.links >= LINKS_PER_MEMBER_MAX) return undefined;
      const key = step.key && latin1(bytes, step.key.start, step.key.end);
      const inner = key === undefined ? undefined : memberPlace(place, key);
      const isRepeated = key !== undefined && hasKey(member, key);
      if (isRepeated && inner?.wanted !== undefined) throw REFUSED;
      links += 1;
      member.links += 1;
      // Written field by field, because V8 gives objects that start as a copy many hidden classes and reads them slowly.
      const literal = bytes.subarray(step.start, step.end);
      const { words, length } = byteLiteral(literal);
      member.next = {
        words,
        length,
        isOdd: step.isOdd || isRepeated,
        place: inner,
        then: { next: undefined, links: 0, before: member, key, wanted: inner?.wanted },
        other: member.next,
      };
      mirror?.learn(place, member, member.next, literal);
      return member.next;
    },
    learnElements(place) {
      const elements = shapeNode(undefined);
      mirror?.learnElements(place, elements);
      return elements;
    },
  };
}

function shapeNode(wanted: FieldTree | undefined): ShapeNode {
  const start = { next: undefined, links: 0, before: undefined, key: undefined, wanted: undefined };
  return { wanted, start, members: new Map(), elements: undefined };
}

function memberPlace(place: ShapeNode, key: string): ShapeNode {
  let inner = place.members.get(key);
  if (inner === undefined) {
    const index = place.wanted?.keys.findIndex((wanted) => wanted.toString('latin1') === key.slice(1, -1)) ?? -1;
    inner = shapeNode(place.wanted?.children[index]);
    place.members.set(key, inner);
  }
  return inner;
}

function hasKey(member: ShapeState, key: string): boolean {
  for (let at: ShapeState | undefined = member; at !== undefined; at = at.before) if (at.key === key) return true;
  return false;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
