import { arrayIndex } from '../pointer/index.js';
import type { Call, InputPath, Node } from '../syntax/index.js';

/** What a call reads of a program's inputs, where its text tells that. */
export type FieldReading = InputReading | { readonly of: 'context' };

export interface InputReading {
  readonly of: 'input';
  /** Keys from the first input down. */
  readonly field: readonly string[];
  /** What is looked up in the field's value: from the first segment on that may mean an element of an array. */
  readonly within: readonly string[];
  /** What is there, or whether anything is. */
  readonly yields: 'value' | 'presence';
}

/** What a call reads; undefined for a call that reads no input by itself, `unknown` where it can't be told. */
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

/** The path from the array of all inputs to what an argument yields. */
function pathOf(argument: Node | undefined): InputPath {
  const reads = argument?.type === 'call' ? argument.operator.reads : undefined;
  return argument?.type === 'call' && reads?.yields === 'value' ? reads.path(argument, pathOf) : undefined;
}
