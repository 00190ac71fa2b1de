import { arrayIndex, formatPointer, parsePointer, PointerSyntaxError } from '../pointer/index.js';
import {
  describe,
  equal,
  isObject,
  spendSteps,
  spendText,
  type Effort,
  type Json,
  type JsonObject,
} from '../value/index.js';
import { ArrayDraft, draftOf, finished, ObjectDraft, type Drafted } from './draft.js';

/** Maximum number of segments in a path. */
const PATH_LENGTH_MAX = 500;
const STEPS_PER_OPERATION = 8;
/** Each segment is looked up, some of them twice. */
const STEPS_PER_SEGMENT = 4;

/** Why a patch can't be applied, as a phrase. */
export class PatchError extends Error {
  /**
   * @param problem what is wrong
   * @param index the operation that is wrong, counted from 0
   */
  constructor(
    readonly problem: string,
    readonly index: number,
  ) {
    super(problem);
  }
}

/** A problem with an operation whose index is not known yet. */
class OperationError extends Error {}

type Path = readonly string[];

/** A document that is being patched. */
interface Patching {
  root: Drafted;
  readonly effort: Effort;
}

/**
 * Applies a patch (RFC 6902), completely or not at all.
 *
 * @throws PatchError for the first operation that is malformed, leads nowhere, or fails its test
 * @throws EffortExceeded if the patch takes more than `effort` allows
 */
export function applyPatch(document: Json, operations: readonly Json[], effort: Effort): Json {
  const patching: Patching = { root: document, effort };
  for (const [index, operation] of operations.entries()) {
    try {
      spendSteps(effort, STEPS_PER_OPERATION);
      applyOperation(patching, operation);
    } catch (error) {
      const isOurs = error instanceof OperationError || error instanceof PointerSyntaxError;
      throw isOurs ? new PatchError(error.message, index) : error;
    }
  }
  return finished(patching.root, effort);
}

function applyOperation(patching: Patching, operation: Json): void {
  const { effort } = patching;
  if (!isObject(operation)) throw new OperationError(`an operation must be an object, got ${describe(operation)}`);
  const path = pointerIn(operation, 'path', effort);
  const op = memberOf(operation, 'op');
  switch (op) {
    case 'add':
      add(patching, path, memberOf(operation, 'value'));
      break;
    case 'remove':
      remove(patching, path);
      break;
    case 'replace':
      replace(patching, path, memberOf(operation, 'value'));
      break;
    case 'move':
      move(patching, pointerIn(operation, 'from', effort), path);
      break;
    case 'copy':
      add(patching, path, read(patching, pointerIn(operation, 'from', effort)));
      break;
    case 'test':
      test(patching, path, memberOf(operation, 'value'));
      break;
    default:
      throw new OperationError(`"op" must be add, remove, replace, move, copy or test, got ${describe(op)}`);
  }
}

function read({ root, effort }: Patching, path: Path): Json {
  let value = root;
  for (const [depth, key] of path.entries()) value = memberAt(draftOf(value, effort), key, path, depth);
  return finished(value, effort);
}

function add(patching: Patching, path: Path, value: Json): void {
  const last = path.at(-1);
  if (last === undefined) {
    patching.root = value;
    return;
  }
  const parent = parentOf(patching, path);
  if (parent instanceof ObjectDraft) {
    parent.members.set(last, value);
    return;
  }
  const { items } = parent;
  const index = last === '-' ? items.length : arrayIndex(last);
  if (index === undefined || index > items.length) throw nothingAt(path);
  spendSteps(patching.effort, shifted(items.length - index));
  items.splice(index, 0, value);
}

function replace(patching: Patching, path: Path, value: Json): void {
  const last = path.at(-1);
  if (last === undefined) {
    patching.root = value;
    return;
  }
  const parent = parentOf(patching, path);
  memberAt(parent, last, path, path.length - 1);
  if (parent instanceof ObjectDraft) parent.members.set(last, value);
  else parent.items[arrayIndex(last) ?? 0] = value;
}

function remove(patching: Patching, path: Path): void {
  const last = path.at(-1);
  if (last === undefined) throw new OperationError('the whole document cannot be removed');
  const parent = parentOf(patching, path);
  memberAt(parent, last, path, path.length - 1);
  if (parent instanceof ObjectDraft) {
    parent.members.delete(last);
    return;
  }
  const index = arrayIndex(last) ?? 0;
  spendSteps(patching.effort, shifted(parent.items.length - index));
  parent.items.splice(index, 1);
}

function move(patching: Patching, from: Path, path: Path): void {
  const value = read(patching, from);
  const isInside = from.length <= path.length && from.every((key, index) => key === path[index]);
  if (isInside && from.length === path.length) return;
  if (isInside) throw new OperationError(`${JSON.stringify(formatPointer(from))} cannot be moved into itself`);
  remove(patching, from);
  add(patching, path, value);
}

function test(patching: Patching, path: Path, value: Json): void {
  const found = read(patching, path);
  if (equal(found, value, patching.effort)) return;
  throw new OperationError(`the test at ${JSON.stringify(formatPointer(path))} found ${describe(found)}`);
}

/** Makes a draft of every container on the path, and returns the one that holds the path's target. */
function parentOf(patching: Patching, path: Path): ArrayDraft | ObjectDraft {
  const { effort } = patching;
  let parent = draftOf(patching.root, effort);
  if (parent === undefined) throw nothingAt(path);
  patching.root = parent;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    const draft = draftOf(memberAt(parent, key, path, depth), effort);
    if (draft === undefined) throw nothingAt(path.slice(0, depth + 2));
    if (parent instanceof ObjectDraft) parent.members.set(key, draft);
    else parent.items[arrayIndex(key) ?? 0] = draft;
    parent = draft;
  }
  return parent;
}

/** Returns the member of a container that segment `depth` of a path leads to. */
function memberAt(container: ArrayDraft | ObjectDraft | undefined, key: string, path: Path, depth: number): Drafted {
  const index = container instanceof ArrayDraft ? arrayIndex(key) : undefined;
  const member =
    container instanceof ArrayDraft
      ? index === undefined
        ? undefined
        : container.items[index]
      : container?.members.get(key);
  if (member === undefined) throw nothingAt(path.slice(0, depth + 1));
  return member;
}

/** Returns the steps for moving `count` elements by one position. Each move is fast, but a long patch does many. */
function shifted(count: number): number {
  return Math.ceil(count / 16);
}

function memberOf(operation: JsonObject, name: string): Json {
  const value = Object.hasOwn(operation, name) ? operation[name] : undefined;
  if (value === undefined) throw new OperationError(`an operation needs a member ${JSON.stringify(name)}`);
  return value;
}

function pointerIn(operation: JsonObject, name: string, effort: Effort): string[] {
  const pointer = memberOf(operation, name);
  if (typeof pointer !== 'string') {
    throw new OperationError(`${JSON.stringify(name)} must be a JSON Pointer, got ${describe(pointer)}`);
  }
  spendText(effort, pointer.length);
  const path = parsePointer(pointer);
  spendSteps(effort, path.length * STEPS_PER_SEGMENT);
  if (path.length > PATH_LENGTH_MAX)
    throw new OperationError(`a path may have ${PATH_LENGTH_MAX} segments, not ${path.length}`);
  return path;
}

function nothingAt(path: Path): Error {
  return new OperationError(`there is nothing at ${JSON.stringify(formatPointer(path))}`);
}
