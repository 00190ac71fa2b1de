import { NEWLINE, STRIPPED_BYTES } from '../format/line.js';
import { timestampOfLine } from '../../event/index.js';
import type { LogBlock } from './log-block.js';

/** Returns the block without its records older than `since`; undefined if none are left. */
export function dropOlder(block: LogBlock, since: number): LogBlock | undefined {
  if (block.firstTimestamp !== undefined && block.firstTimestamp >= since) return block;
  if (block.lastTimestamp !== undefined && block.lastTimestamp < since && block.damage.length === 0) return undefined;
  let at = 0;
  let dropped = 0;
  while (at < block.bytes.length && (timestampOfLine(block.bytes, at) ?? since) < since) {
    at = block.bytes.indexOf(NEWLINE, at) + 1;
    dropped += 1;
  }
  const { segment, offset } = block.position;
  return {
    ...block,
    bytes: block.bytes.subarray(at),
    records: block.records - dropped,
    ...(dropped === block.records
      ? { firstTimestamp: undefined, lastTimestamp: undefined }
      : { firstTimestamp: timestampOfLine(block.bytes, at) }),
    position: { segment, offset: offset + at + dropped * STRIPPED_BYTES },
  };
}

/** Whether a record of the block is at `until` or later. */
export function reaches(block: LogBlock, until: number): boolean {
  return block.lastTimestamp !== undefined && block.lastTimestamp >= until;
}

/** Returns the block's first lines: those before `until`, and at most `recordsMax` of them. */
export function keepFront(block: LogBlock, until: number, recordsMax: number): LogBlock {
  let at = 0;
  let kept = 0;
  let lastTimestamp: number | undefined;
  while (at < block.bytes.length && kept < recordsMax) {
    const timestamp = timestampOfLine(block.bytes, at);
    if (timestamp !== undefined && timestamp >= until) break;
    lastTimestamp = timestamp;
    at = block.bytes.indexOf(NEWLINE, at) + 1;
    kept += 1;
  }
  if (kept === block.records) return block;
  const { segment, offset } = block.position;
  return {
    ...block,
    bytes: block.bytes.subarray(0, at),
    records: kept,
    firstTimestamp: kept === 0 ? undefined : block.firstTimestamp,
    lastTimestamp,
    nextPosition: { segment, offset: offset + at + kept * STRIPPED_BYTES },
    damage: [],
  };
}
