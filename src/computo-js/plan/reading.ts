import { arrayIndex, parsePointer } from '../pointer/index.js';
import type { Call, Node } from '../syntax/index.js';

/** What a call reads of a program's inputs, where its text tells that. */
export type Reading =
  | {
      readonly of: 'input';
      /** Keys from the first input down. */
      readonly field: readonly string[];
      /** What is looked up in the field's value: from the first segment on that may mean an element of an array. */
      readonly within: readonly string[];
    }
  | { readonly of: 'context' };

/** What a call reads; undefined for a call that reads no input by itself, `unknown` where it can't be told. */
export function readingOf(call: Call): Reading | 'unknown' | undefined {
  const segments = pathOf(call);
  if (segments === undefined || segments === 'unknown') return segments;
  const [input, ...path] = segments;
  if (input === '1') return { of: 'context' };
  if (input !== '0') return 'unknown';
  const elementAt = path.findIndex((segment) => segment === 'array' || arrayIndex(segment) !== undefined);
  return elementAt === -1
    ? { of: 'input', field: path, within: [] }
    : { of: 'input', field: path.slice(0, elementAt), within: path.slice(elementAt) };
}

/** The path from the array of all inputs. */
function pathOf(call: Call): readonly string[] | 'unknown' | undefined {
  switch (call.operator.name) {
    case '$input':
      return append(['0'], ownPointer(call));
    case '$inputs':
      return append([], ownPointer(call));
    case 'get': {
      const [root, pointer] = call.arguments;
      const path = root?.type === 'call' ? pathOf(root) : undefined;
      return path === undefined ? undefined : append(path, segmentsOf(pointer, ''));
    }
    default:
      return undefined;
  }
}

/** The pointer of `$input` or `$inputs`: classic ignores what is given. */
function ownPointer({ dialect, arguments: [pointer] }: Call): readonly string[] | 'unknown' {
  return dialect === 'classic' || pointer === undefined ? [] : segmentsOf(pointer, '/');
}

/** @param start what the pointer must start with */
function segmentsOf(pointer: Node | undefined, start: '' | '/'): readonly string[] | 'unknown' {
  if (pointer?.type !== 'constant' || typeof pointer.value !== 'string') return 'unknown';
  const { value } = pointer;
  return value.startsWith(start) && (value === '' || value.startsWith('/')) ? parsePointer(value) : 'unknown';
}

function append(path: readonly string[] | 'unknown', more: readonly string[] | 'unknown') {
  return path === 'unknown' || more === 'unknown' ? 'unknown' : [...path, ...more];
}
