import { MISSING, rawArgument, type Run } from '../compile/index.js';
import type { Hint } from '../hint.js';
import { formatPointer } from '../pointer/index.js';
import { invalidArgument, type Call } from '../syntax/index.js';
import { describe, isArray, isNumber, isObject, keysOf, nearestName, unlimited, type Json } from '../value/index.js';

/** A read that found nothing. */
interface Miss<Key> {
  readonly root: Json;
  /** How an error refers to `root`. */
  readonly noun: string;
  /** The path as written in the script. */
  readonly pointer: string;
  readonly keys: readonly Key[];
  /** Follows one key. */
  readonly step: (value: Json, key: Key) => Json | undefined;
}

/** Returns the error for a read that found nothing: only {@link MISSING} if a caller can handle that. */
export function notFound<Key extends string | number>(run: Run, call: Call, miss: Miss<Key>): Error {
  return run.attempts > 0 ? MISSING : missError(call, miss);
}

/** Returns an error that says how much of a path exists, and what is there. */
export function missError<Key extends string | number>(call: Call, miss: Miss<Key>): Error {
  const { noun, pointer, keys } = miss;
  const { value, length } = endOf(miss);
  const prefix = formatPointer(keys.slice(0, length));
  const end = prefix === '' ? '' : `: the path exists up to ${JSON.stringify(prefix)}`;
  return invalidArgument(
    call.place,
    `nothing at ${JSON.stringify(pointer)} in ${noun}${end}`,
    hintAt(call, value, prefix, keys[length]),
  );
}

/** Returns the last value on the path, and how many keys lead to it. */
function endOf<Key>({ root, keys, step }: Miss<Key>): {
  value: Json;
  length: number;
} {
  let value = root;
  for (const [length, key] of keys.entries()) {
    const next = step(value, key);
    if (next === undefined) return { value, length };
    value = next;
  }
  return { value, length: keys.length };
}

/** Describes what is at the end of the existing path. */
function hintAt(call: Call, value: Json, prefix: string, key: string | number | undefined): Hint {
  const nearest = isObject(value) ? nearestName(String(key), keysOf(value, unlimited())) : undefined;
  if (nearest !== undefined) return `Did you mean the key ${JSON.stringify(nearest)}?`;
  const indices = isArray(value) && value.length > 0 ? `, with the indices 0 to ${value.length - 1}` : '';
  const table = value === null && prefix === '' ? tableAsked(call) : undefined;
  const there =
    table === undefined
      ? `${prefix === '' ? 'It' : JSON.stringify(prefix)} is ${describe(value)}${indices}.`
      : `The table ${JSON.stringify(table)} has no row with this key.`;
  return (form) => (form === 'text' ? `${there} ${nextStep(call, value, prefix, key)}` : there);
}

/** Returns the name of the table in which the value was looked up, if any. */
function tableAsked({ arguments: [root] }: Call): string | undefined {
  const name = root?.type === 'call' && root.operator.name === 'table.get' ? rawArgument(root, 0) : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Suggests what to write in the text form: a division if one may have been meant, or else a default. */
function nextStep(call: Call, value: Json, prefix: string, key: string | number | undefined): string {
  const written = writtenPath(call);
  if (isNumber(value) && typeof key === 'string' && written !== undefined) {
    const dividend = written.slice(0, written.length - key.length - 1);
    if (written.endsWith(`/${key}`) && dividend.endsWith(prefix))
      return `Division has white space around it: ${dividend} / ${key}.`;
  }
  return `A default in its place: ${written ?? '…'} ?? null.`;
}

/** Returns a read in the text form, if it is simple. */
function writtenPath(call: Call): string | undefined {
  const pointer = rawArgument(call, 0);
  if (typeof pointer !== 'string' || !/^(?:\/(?:[A-Za-z_]\w*|[0-9]+))+$/.test(pointer)) return undefined;
  const { name } = call.operator;
  if (name === '$') return pointer.slice(1);
  if (name === '$input') return pointer;
  return name === '$inputs' ? `${name}${pointer}` : undefined;
}
