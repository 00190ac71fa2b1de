import { INNERMOST, type Attempt, type Compiler, type Evaluate, type Run } from '../compile/index.js';
import { child, compileGetter, parsePointer, type PointerReading } from '../pointer/index.js';
import { invalidArgument, type Call, type InputPath } from '../syntax/index.js';
import { describe, type Json } from '../value/index.js';
import { notFound } from './not-found.js';

/** The first input, to which most pointers are applied, so that reading it has a fast path. */
export const FIRST_INPUT: Evaluate = (run) => run.input;

/** Longer pointers cost more than the step of a call. */
const SEGMENTS_PER_STEP = 3;

/** What a pointer is applied to. */
export interface Looked {
  readonly root: Evaluate;
  /** How an error refers to it. */
  readonly noun: string;
}

/** Whether a pointer must have a segment, or may be empty and refer to the whole value. */
export type PointerForm = 'required' | 'may-be-empty';

/** Compiles the application of a raw pointer. The value is evaluated first, whatever the pointer. */
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
  const reading = readingIn(call);
  if (segments.length > SEGMENTS_PER_STEP) compiler.cost.steps += segments.length;
  const get = compileGetter(segments, reading);
  const step = (value: Json, segment: string): Json | undefined => child(value, segment, reading);
  const missing = (run: Run, value: Json): never => {
    throw notFound(run, call, { root: value, noun, pointer, keys: segments, step });
  };
  if (root === FIRST_INPUT) {
    return (run) => {
      const found = get(run.input);
      return found === undefined ? missing(run, run.input) : found;
    };
  }
  if (root === INNERMOST) {
    return (run, scope) => {
      const value = scope === undefined ? null : scope.value;
      const found = get(value);
      return found === undefined ? missing(run, value) : found;
    };
  }
  return (run, scope) => {
    const value = root(run, scope);
    const found = get(value);
    return found === undefined ? missing(run, value) : found;
  };
}

/** Compiles the same application as an attempt; undefined for a pointer that can only fail. */
export function compileFind(call: Call, root: Attempt, pointer: Json, form: PointerForm): Attempt | undefined {
  if (typeof pointer !== 'string' || pointerProblem(call, pointer, form) !== undefined) return undefined;
  const get = compileGetter(parsePointer(pointer), readingIn(call));
  if (root === FIRST_INPUT) return (run) => get(run.input);
  if (root === INNERMOST) return (_, scope) => get(scope === undefined ? null : scope.value);
  return (run, scope) => {
    const value = root(run, scope);
    return value === undefined ? undefined : get(value);
  };
}

function readingIn({ dialect }: Call): PointerReading {
  return { arraySegment: dialect === 'current' };
}

/** Appends a raw pointer to a path. */
export function pathThrough(call: Call, outer: InputPath, pointer: Json | undefined, form: PointerForm): InputPath {
  if (outer === undefined || outer === 'unknown') return outer;
  if (typeof pointer !== 'string' || pointerProblem(call, pointer, form) !== undefined) return 'unknown';
  return [...outer, ...parsePointer(pointer)];
}

/** Returns what is wrong with a raw pointer argument, if anything. */
export function pointerProblem(call: Call, pointer: Json, form: PointerForm): string | undefined {
  if (typeof pointer === 'string' && (pointer.startsWith('/') || (pointer === '' && form === 'may-be-empty'))) {
    return undefined;
  }
  return `'${call.operator.name}' needs a JSON Pointer, a string that starts with "/", got ${describe(pointer)}`;
}
