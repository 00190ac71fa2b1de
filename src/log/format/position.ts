/** A place between two records of a log. */
export interface LogPosition {
  /** The segment's number; numbers start at 1 and grow. */
  readonly segment: number;
  /** Bytes from the start of the unpacked segment. */
  readonly offset: number;
}

/** Before every record, even in a log whose first segments were removed. */
export const LOG_START: LogPosition = { segment: 0, offset: 0 };

/** Negative when `a` lies before `b`, 0 when they are the same, else positive. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.segment - b.segment || a.offset - b.offset;
}

/** Parses the position in a checkpoint; undefined when the value is not one. */
export function parsePosition(value: unknown): LogPosition | undefined {
  if (typeof value !== 'object' || value === null || !('segment' in value) || !('offset' in value)) return undefined;
  const { segment, offset } = value;
  return isCount(segment) && isCount(offset) ? { segment, offset } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
