import { arrayIndex } from '../pointer/index.js';
import type { Call, InputPath, Node } from '../syntax/index.js';

/** What a call reads of a program's inputs, if the program's text tells that. */
export type FieldReading = InputReading | { readonly of: 'context' };

export interface InputReading {
  readonly of: 'input';
  /** Keys from the first input down. */
  readonly field: readonly string[];
  /** The path in the field's value. Its first segment may refer to an element of an array. */
  readonly within: readonly string[];
  /** Whether the call yields the value or only its presence. */
  readonly yields: 'value' | 'presence';
}

/** Returns what a call reads; undefined if the call itself reads no input, `unknown` if it can't be determined. */
export function readingOf(call: Call): FieldReading | 'unknown' | undefined {
  const { reads } = call.operator;
  if (reads === undefined) return undefined;
  const segments = reads.path(call, pathOf);
  if (segments === undefined || segments === 'unknown') return segments;
  const [input, ...path] = segments;
  if (input === '1') return { of: 'context' };
  if (input !== '0') return 'unknown';
  const { yields } = reads;
  const elementAt = path.findIndex((segment) => segment === 'array' || arrayIndex(segment) !== undefined);
  return elementAt === -1
    ? { of: 'input', field: path, within: [], yields }
    : { of: 'input', field: path.slice(0, elementAt), within: path.slice(elementAt), yields };
}

/** Returns the path from the array of all inputs to an argument's value. */
function pathOf(argument: Node | undefined): InputPath {
  const reads = argument?.type === 'call' ? argument.operator.reads : undefined;
  return argument?.type === 'call' && reads?.yields === 'value' ? reads.path(argument, pathOf) : undefined;
}
