import { arrayIndex, formatPointer, parsePointer, PointerSyntaxError } from '../pointer/index.js';
import { describe, equal, isObject, type Json, type JsonObject } from '../value/index.js';
import { draftOf, finished, ObjectDraft, type ArrayDraft, type Drafted } from './draft.js';

/** Why a patch can't be applied, as a phrase. */
export class PatchError extends Error {
  /**
   * @param problem what is wrong
   * @param index the operation it is wrong with, counted from 0
   */
  constructor(
    readonly problem: string,
    readonly index: number,
  ) {
    super(problem);
  }
}

/** What is wrong with an operation, before it is known which one it was. */
class OperationError extends Error {}

type Path = readonly string[];

/**
 * Applies a patch (RFC 6902): all of it, or nothing.
 *
 * @throws PatchError at the first operation that is malformed, leads nowhere, or tests in vain
 */
export function applyPatch(document: Json, operations: readonly Json[]): Json {
  let root: Drafted = document;
  for (const [index, operation] of operations.entries()) {
    try {
      root = applyOperation(root, operation);
    } catch (error) {
      const isOurs = error instanceof OperationError || error instanceof PointerSyntaxError;
      throw isOurs ? new PatchError(error.message, index) : error;
    }
  }
  return finished(root);
}

/** Applies one operation and returns the new root. */
function applyOperation(root: Drafted, operation: Json): Drafted {
  if (!isObject(operation)) throw new OperationError(`an operation must be an object, got ${describe(operation)}`);
  const path = pointerIn(operation, 'path');
  const op = memberOf(operation, 'op');
  switch (op) {
    case 'add':
      return put(root, path, memberOf(operation, 'value'), 'insert');
    case 'remove':
      return remove(root, path);
    case 'replace':
      read(root, path);
      return put(root, path, memberOf(operation, 'value'), 'overwrite');
    case 'move': {
      const from = pointerIn(operation, 'from');
      const value = finished(read(root, from));
      if (from.length === path.length && from.every((key, index) => key === path[index])) return root;
      if (from.length < path.length && from.every((key, index) => key === path[index])) {
        throw new OperationError(`${JSON.stringify(formatPointer(from))} cannot be moved into itself`);
      }
      return put(remove(root, from), path, value, 'insert');
    }
    case 'copy':
      return put(root, path, finished(read(root, pointerIn(operation, 'from'))), 'insert');
    case 'test': {
      const found = finished(read(root, path));
      if (equal(found, memberOf(operation, 'value'))) return root;
      throw new OperationError(`the test at ${JSON.stringify(formatPointer(path))} found ${describe(found)}`);
    }
    default:
      throw new OperationError(`"op" must be add, remove, replace, move, copy or test, got ${describe(op)}`);
  }
}

function read(root: Drafted, path: Path): Drafted {
  let value = root;
  for (const [depth, key] of path.entries()) {
    const draft = draftOf(value);
    const found = draft === undefined ? undefined : memberIn(draft, key);
    if (found === undefined) throw nothingAt(path.slice(0, depth + 1));
    value = found;
  }
  return value;
}

function put(root: Drafted, path: Path, value: Json, how: 'insert' | 'overwrite'): Drafted {
  return (
    change(root, path, (parent, key) => {
      if (parent instanceof ObjectDraft) {
        parent.members.set(key, value);
        return;
      }
      const { items } = parent;
      const index = key === '-' && how === 'insert' ? items.length : arrayIndex(key);
      if (index === undefined || index > items.length) throw nothingAt(path);
      items.splice(index, how === 'insert' ? 0 : 1, value);
    }) ?? value
  );
}

function remove(root: Drafted, path: Path): Drafted {
  const changed = change(root, path, (parent, key) => {
    if (memberIn(parent, key) === undefined) throw nothingAt(path);
    if (parent instanceof ObjectDraft) parent.members.delete(key);
    else parent.items.splice(arrayIndex(key) ?? 0, 1);
  });
  if (changed === undefined) throw new OperationError('the whole document cannot be removed');
  return changed;
}

/**
 * Makes a draft of every container on the way and lets `write` change the last one.
 *
 * @returns the new root, or undefined for the empty path, which has no container
 */
function change(
  root: Drafted,
  path: Path,
  write: (parent: ArrayDraft | ObjectDraft, key: string) => void,
): Drafted | undefined {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  const rootDraft = draftOf(root);
  if (rootDraft === undefined) throw nothingAt(path);
  let parent = rootDraft;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    const member = memberIn(parent, key);
    const draft = member === undefined ? undefined : draftOf(member);
    if (draft === undefined) throw nothingAt(path.slice(0, depth + 1));
    if (parent instanceof ObjectDraft) parent.members.set(key, draft);
    else parent.items[arrayIndex(key) ?? 0] = draft;
    parent = draft;
  }
  write(parent, last);
  return rootDraft;
}

function memberIn(draft: ArrayDraft | ObjectDraft, key: string): Drafted | undefined {
  if (draft instanceof ObjectDraft) return draft.members.get(key);
  const index = arrayIndex(key);
  return index === undefined ? undefined : draft.items[index];
}

function memberOf(operation: JsonObject, name: string): Json {
  const value = Object.hasOwn(operation, name) ? operation[name] : undefined;
  if (value === undefined) throw new OperationError(`an operation needs a member ${JSON.stringify(name)}`);
  return value;
}

function pointerIn(operation: JsonObject, name: string): string[] {
  const pointer = memberOf(operation, name);
  if (typeof pointer === 'string') return parsePointer(pointer);
  throw new OperationError(`${JSON.stringify(name)} must be a JSON Pointer, got ${describe(pointer)}`);
}

function nothingAt(path: Path): Error {
  return new OperationError(`there is nothing at ${JSON.stringify(formatPointer(path))}`);
}
