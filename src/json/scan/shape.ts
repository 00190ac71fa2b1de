import { CLOSE_OBJECT, QUOTE } from './bytes.js';
import type { FieldTree } from './field-tree.js';

/**
 * Lines of one log look alike. What stands between their values (`,"level":`) is learned from the first lines, and
 * recognised by comparing it whole, four bytes at a time, in the lines after.
 *
 * The objects seen at one place are a tree: each path from its start is the members of some object, in their order. Since
 * only what a careful reading has passed becomes part of it, walking along it proves that an object is well formed, has
 * its wanted fields where they are noted, and no key twice.
 */
export interface Place {
  /** What is wanted of the values here. */
  readonly wanted: FieldTree | undefined;
  /** Before the first member of an object. */
  readonly start: Member;
  /** The places of an object's members, by their keys in quotes, as read. */
  readonly members: Map<string, Place>;
  /** The place of an array's elements. */
  elements: Place | undefined;
}

/** How far into an object: after certain members. */
export interface Member {
  /** What came next in the objects so far. */
  next: Link | undefined;
  links: number;
  readonly before: Member | undefined;
  /** The key that was read last, in quotes; undefined at the start. */
  readonly key: string | undefined;
  readonly wanted: FieldTree | undefined;
}

/** From the end of one value to the start of the next, or past the end of the object. */
export interface Link {
  /** What stands between, as little-endian words. The last one overlaps the one before it where the length asks for it. */
  readonly words: Int32Array;
  readonly length: number;
  /** It has white space in it, or leads to a key that was there before. */
  readonly isOdd: boolean;
  /** The place of the value that follows; undefined when the object ends. */
  readonly place: Place | undefined;
  readonly then: Member;
  readonly other: Link | undefined;
}

/** Alternatives after one member: comparing with more of them costs more than reading. */
const LINKS_PER_MEMBER_MAX = 8;
/** All that one scanner learns. Objects whose keys are data would fill the memory. */
const LINKS_MAX = 2000;

/** Learns the shapes of the objects in a stream of lines. */
export interface Shapes {
  readonly root: Place;
  /** The place of the elements of the arrays at `place`. */
  elementsOf(place: Place): Place;
  /**
   * Adds what was read after `member`, if there is still room.
   *
   * @param start where the last value ended
   * @param end where the next value starts, or one past the object's end
   * @param key with its quotes, in bytes; undefined at the end of the object
   */
  learn(place: Place, member: Member, bytes: Uint8Array, range: Range, key: Range | undefined, isOdd: boolean): Link | undefined;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export function createShapes(tree: FieldTree): Shapes {
  let links = 0;
  return {
    root: placeOf(tree),
    elementsOf: (place) => (place.elements ??= placeOf(undefined)),
    learn(place, member, bytes, range, key, isOdd) {
      if (links >= LINKS_MAX || member.links >= LINKS_PER_MEMBER_MAX) return undefined;
      links += 1;
      member.links += 1;
      const literal = bytes.subarray(range.start, range.end);
      const name = key && Buffer.from(bytes.subarray(key.start, key.end)).toString('latin1');
      const inner = name === undefined ? undefined : memberPlace(place, name);
      const link: Link = {
        words: wordsOf(literal),
        length: literal.length,
        isOdd: isOdd || (name !== undefined && hasKey(member, name)),
        place: inner,
        then: { next: undefined, links: 0, before: member, key: name, wanted: inner?.wanted },
        other: member.next,
      };
      member.next = link;
      return link;
    },
  };
}

function placeOf(wanted: FieldTree | undefined): Place {
  const start = { next: undefined, links: 0, before: undefined, key: undefined, wanted: undefined };
  return { wanted, start, members: new Map(), elements: undefined };
}

function memberPlace(place: Place, key: string): Place {
  let inner = place.members.get(key);
  if (inner === undefined) {
    const index = place.wanted?.keys.findIndex((wanted) => wanted.toString('latin1') === key.slice(1, -1)) ?? -1;
    inner = placeOf(place.wanted?.children[index]);
    place.members.set(key, inner);
  }
  return inner;
}

/** Whether an object that came to `member` has a key already. */
export function hasKey(member: Member, key: string): boolean {
  for (let at: Member | undefined = member; at !== undefined; at = at.before) if (at.key === key) return true;
  return false;
}
