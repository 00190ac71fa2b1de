/** A place in an output that may span several files: what a checkpoint keeps to cut the output back to. */
export interface FilePosition {
  /** The number that the file being written gets when it is set aside; counts from 1. */
  readonly part: number;
  /** Bytes from its start. */
  readonly offset: number;
}

/** The position that a checkpoint holds as JSON; undefined when the value is none. */
export function parseFilePosition(value: unknown): FilePosition | undefined {
  if (typeof value !== 'object' || value === null || !('part' in value) || !('offset' in value)) return undefined;
  const { part, offset } = value;
  return isCount(part) && part > 0 && isCount(offset) ? { part, offset } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
