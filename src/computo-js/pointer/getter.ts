import { NumberText, type Json, type JsonObject } from '../value/index.js';
import { arrayIndex, resolvePointer, type PointerReading } from './get.js';

/** Reads a fixed pointer from a value; undefined if nothing is there. */
export type Getter = (root: Json) => Json | undefined;

/** Names that plain property access finds on some value without such a member of its own. */
const INHERITED = new Set(
  [Object.prototype, Array.prototype, NumberText.prototype, [], new NumberText('0')].flatMap((holder) =>
    Object.getOwnPropertyNames(holder),
  ),
);

/** Compiles a pointer. Most pointers are one to three plain keys deep, and each key compiles to a handful of machine instructions. */
export function compileGetter(segments: readonly string[], reading: PointerReading): Getter {
  const careful: Getter = (root) => resolvePointer(root, segments, reading);
  const [first, second, third] = segments;
  if (first === undefined) return (root) => root;
  if (segments.length > 3 || !segments.every(isPlain)) return careful;
  if (second === undefined) return (root) => (hasMembers(root) ? root[first] : undefined) ?? careful(root);
  if (third === undefined) {
    return (root) => {
      const outer = hasMembers(root) ? root[first] : undefined;
      const found = outer !== undefined && hasMembers(outer) ? outer[second] : undefined;
      return found ?? careful(root);
    };
  }
  return (root) => {
    const outer = hasMembers(root) ? root[first] : undefined;
    const inner = outer !== undefined && hasMembers(outer) ? outer[second] : undefined;
    const found = inner !== undefined && hasMembers(inner) ? inner[third] : undefined;
    return found ?? careful(root);
  };
}

/** Whether plain access to a key yields, for any value, the value's own member or nothing. */
function isPlain(segment: string): boolean {
  return !INHERITED.has(segment) && arrayIndex(segment) === undefined;
}

/** Whether plain keys may be read from a value. An array, or a number stored as text, has none, and reading them yields nothing. */
function hasMembers(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null;
}
