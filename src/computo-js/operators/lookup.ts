import { INNERMOST, type Compiler, type Evaluate } from '../compile/index.js';
import { compileGetter, longestExistingPrefix, parsePointer, child, type PointerReading } from '../pointer/index.js';
import { invalidArgument, type Call } from '../syntax/index.js';
import { describe, isArray, isObject, keysOf, nearestName, unlimited, type Json } from '../value/index.js';

/** The first input: what most pointers are applied to, so looking into it has a shorter way. */
export const FIRST_INPUT: Evaluate = (run) => run.input;

/** Longer pointers take more than the step of a call. */
const SEGMENTS_PER_STEP = 3;

/** What a pointer is applied to. */
export interface Looked {
  readonly root: Evaluate;
  /** What an error calls it. */
  readonly noun: string;
}

/** Whether a pointer must have a segment, or may be empty and mean the whole. */
export type PointerForm = 'required' | 'may-be-empty';

/** Compiles the application of a raw pointer. What is looked in is evaluated first, whatever the pointer. */
export function compileLookup(
  call: Call,
  compiler: Compiler,
  { root, noun }: Looked,
  pointer: Json,
  form: PointerForm,
): Evaluate {
  const problem = pointerProblem(call, pointer, form);
  if (problem !== undefined || typeof pointer !== 'string') {
    return (run, scope) => {
      root(run, scope);
      throw invalidArgument(call.place, problem ?? 'no pointer');
    };
  }
  const segments = parsePointer(pointer);
  const reading: PointerReading = { arraySegment: call.dialect === 'current' };
  if (segments.length > SEGMENTS_PER_STEP) compiler.cost.steps += segments.length;
  const get = compileGetter(segments, reading);
  const missing = (value: Json): never => {
    throw notFound(call, value, noun, pointer, segments, reading);
  };
  if (root === FIRST_INPUT) {
    return (run) => {
      const found = get(run.input);
      return found === undefined ? missing(run.input) : found;
    };
  }
  if (root === INNERMOST) {
    return (_, scope) => {
      const value = scope === undefined ? null : scope.value;
      const found = get(value);
      return found === undefined ? missing(value) : found;
    };
  }
  return (run, scope) => {
    const value = root(run, scope);
    const found = get(value);
    return found === undefined ? missing(value) : found;
  };
}

/** What is wrong with a raw pointer argument, if anything. */
export function pointerProblem(call: Call, pointer: Json, form: PointerForm): string | undefined {
  if (typeof pointer === 'string' && (pointer.startsWith('/') || (pointer === '' && form === 'may-be-empty'))) {
    return undefined;
  }
  return `'${call.operator.name}' needs a JSON Pointer, a string that starts with "/", got ${describe(pointer)}`;
}

function notFound(
  call: Call,
  root: Json,
  noun: string,
  pointer: string,
  segments: readonly string[],
  reading: PointerReading,
): Error {
  const prefix = longestExistingPrefix(root, segments, reading);
  const end = prefix === '' ? '' : `: the path exists up to ${JSON.stringify(prefix)}`;
  return invalidArgument(
    call.place,
    `nothing at ${JSON.stringify(pointer)} in ${noun}${end}`,
    hintAt(root, segments, prefix, reading),
  );
}

/** Says what is there where the path breaks off. */
function hintAt(root: Json, segments: readonly string[], prefix: string, reading: PointerReading): string {
  const { length } = parsePointer(prefix);
  let value = root;
  for (const segment of segments.slice(0, length)) value = child(value, segment, reading) ?? null;
  const missing = segments[length] ?? '';
  const nearest = isObject(value) ? nearestName(missing, keysOf(value, unlimited())) : undefined;
  if (nearest !== undefined) return `Did you mean the key ${JSON.stringify(nearest)}?`;
  const indices = isArray(value) && value.length > 0 ? `, with the indices 0 to ${value.length - 1}` : '';
  return `${prefix === '' ? 'It' : JSON.stringify(prefix)} is ${describe(value)}${indices}.`;
}
