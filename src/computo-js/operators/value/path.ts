import { countElements, type Run } from '../../compile/index.js';
import { arrayIndex, child, formatPointer } from '../../pointer/index.js';
import { invalidArgument, type Call } from '../../syntax/index.js';
import {
  describe,
  isArray,
  isObject,
  spendSteps,
  spendText,
  withMember,
  withoutMember,
  type Json,
} from '../../value/index.js';
import { missError } from '../not-found.js';

/** The segments of a pointer, at least one. */
export type Path = readonly string[];

/** Returns what a key leads to in a value that is to be changed. Only reads take `array` for the array itself. */
function step(value: Json, key: string): Json | undefined {
  return child(value, key, { arraySegment: false });
}

/**
 * Returns the value with another value at the end of a path. Containers on the path are copied, or created in place of null or
 * nothing: an array for `-`, otherwise an object. Everything else is shared.
 *
 * @throws ComputoError `InvalidArgument` if the path leads through a scalar, or beyond an array
 */
export function setAt(root: Json, path: Path, value: Json, call: Call, run: Run): Json {
  const holders: (Json | undefined)[] = [];
  let at: Json | undefined = root;
  for (const key of path) {
    spendKey(run, key);
    holders.push(at);
    at = at === undefined ? undefined : step(at, key);
  }
  let made = value;
  for (let index = path.length - 1; index >= 0; index--) {
    made = holding(holders[index] ?? null, path, index, made, call, run);
  }
  return made;
}

/**
 * Returns the value at the end of a path, which must exist.
 *
 * @throws ComputoError `InvalidArgument` if nothing is there
 */
export function valueAt(root: Json, path: Path, call: Call, run: Run): Json {
  const found = follow(root, path, run);
  if (found !== undefined) return found;
  throw missError(call, { root, noun: 'the value', pointer: formatPointer(path), keys: path, step });
}

/** Returns the value without the part at the end of a path; the same value if nothing is there. */
export function removeAt(root: Json, path: Path, call: Call, run: Run): Json {
  const holderPath = path.slice(0, -1);
  const last = path.at(-1) ?? '';
  const holder = follow(root, holderPath, run);
  spendKey(run, last);
  if (holder === undefined || step(holder, last) === undefined) return root;
  const left = without(holder, last, call, run);
  return holderPath.length === 0 ? left : setAt(root, holderPath, left, call, run);
}

function follow(root: Json, path: Path, run: Run): Json | undefined {
  let value: Json | undefined = root;
  for (let index = 0; index < path.length && value !== undefined; index++) {
    const key = path[index] ?? '';
    spendKey(run, key);
    value = step(value, key);
  }
  return value;
}

function spendKey(run: Run, key: string): void {
  spendSteps(run, 1);
  spendText(run, key.length);
}

/** Returns a container with a value under the key at index `at` of a path. */
function holding(holder: Json, path: Path, at: number, value: Json, call: Call, run: Run): Json {
  const key = path[at] ?? '';
  if (holder === null) return key === '-' ? [value] : withMember({}, key, value, run);
  if (isObject(holder)) return withMember(holder, key, value, run);
  const place = JSON.stringify(formatPointer(path.slice(0, at)));
  if (!isArray(holder)) {
    const needed = `'${call.operator.name}' needs an object or an array at ${place}`;
    throw invalidArgument(
      call.place,
      `${needed} to reach ${JSON.stringify(formatPointer(path))}, got ${describe(holder)}`,
    );
  }
  const index = key === '-' ? holder.length : arrayIndex(key);
  if (index === undefined || (index >= holder.length && key !== '-')) {
    throw invalidArgument(
      call.place,
      `${JSON.stringify(key)} is not an index in ${describe(holder)} at ${place}`,
      'Use an index that is there, or "-" to append.',
    );
  }
  countElements(run, holder.length + 1, call.place);
  const items = [...holder];
  items[index] = value;
  return items;
}

function without(holder: Json, key: string, call: Call, run: Run): Json {
  if (isObject(holder)) return withoutMember(holder, key, run);
  if (!isArray(holder)) return holder;
  countElements(run, holder.length, call.place);
  const items = [...holder];
  items.splice(arrayIndex(key) ?? 0, 1);
  return items;
}
