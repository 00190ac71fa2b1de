import { isArray, NumberText, type Json } from '../value/index.js';
import { arrayIndex, child, resolvePointer, type PointerReading } from './get.js';

/** Reads one fixed pointer from a value; undefined when nothing is there. */
export type Getter = (root: Json) => Json | undefined;

/** Names that plain property access would find on objects or numbers that have no such member of their own. */
const INHERITED = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(NumberText.prototype),
  ...Object.getOwnPropertyNames(new NumberText('0')),
]);

/** Compiles a pointer: most are one to three plain keys deep, and each of those is a handful of machine instructions. */
export function compileGetter(segments: readonly string[], reading: PointerReading): Getter {
  const [first, second, third] = segments.map((segment) => compileStep(segment, reading));
  if (first === undefined) return (root) => root;
  if (second === undefined) return first;
  if (segments.length === 2) {
    return (root) => {
      const value = first(root);
      return value === undefined ? undefined : second(value);
    };
  }
  if (third === undefined || segments.length > 3) return (root) => resolvePointer(root, segments, reading);
  return (root) => {
    const outer = first(root);
    if (outer === undefined) return undefined;
    const inner = second(outer);
    return inner === undefined ? undefined : third(inner);
  };
}

function compileStep(segment: string, reading: PointerReading): Getter {
  if (INHERITED.has(segment) || arrayIndex(segment) !== undefined) return (value) => child(value, segment, reading);
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (isArray(value)) return child(value, segment, reading);
    // Read without asking whose member it is: no prototype has one of this name.
    return value instanceof NumberText ? undefined : value[segment];
  };
}
