/** A place between two records of a log. */
export interface LogPosition {
  /** The segment's number. Numbers start at 1 and increase. */
  readonly segment: number;
  /** Bytes from the start of the unpacked segment. */
  readonly offset: number;
}

/** Lies before every record, even in a log whose first segments were removed. */
export const LOG_START: LogPosition = { segment: 0, offset: 0 };

/** Returns a negative number if `a` lies before `b`, 0 if they are the same, and otherwise a positive one. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.segment - b.segment || a.offset - b.offset;
}

/** Parses the position in a checkpoint; undefined if the value is not one. */
export function parsePosition(value: unknown): LogPosition | undefined {
  if (typeof value !== 'object' || value === null || !('segment' in value) || !('offset' in value)) return undefined;
  const { segment, offset } = value;
  return isCount(segment) && isCount(offset) ? { segment, offset } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
