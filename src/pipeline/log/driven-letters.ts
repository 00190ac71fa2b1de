import { parseFilePosition, type FilePosition } from '../../sinks/index.js';

/** Which of a file's dead letters have been driven again. */
export interface DrivenLetters {
  /** All before it. */
  readonly before: FilePosition;
  /** And these behind it, where only some were chosen: by their keys. */
  readonly keys: readonly string[];
}

/** Reads back what was stored; undefined when it is none. */
export function parseDrivenLetters(value: unknown): DrivenLetters | undefined {
  if (typeof value !== 'object' || value === null || !('before' in value) || !('keys' in value)) return undefined;
  const before = parseFilePosition(value.before);
  const { keys } = value;
  if (before === undefined || !Array.isArray(keys)) return undefined;
  return { before, keys: keys.filter((key) => typeof key === 'string') };
}

/** All that one or the other names. */
export function eitherDriven(
  one: DrivenLetters | undefined,
  other: DrivenLetters | undefined,
): DrivenLetters | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const isFarther = one.before.part - other.before.part || one.before.offset - other.before.offset;
  return { before: (isFarther > 0 ? one : other).before, keys: [...new Set([...one.keys, ...other.keys])] };
}
