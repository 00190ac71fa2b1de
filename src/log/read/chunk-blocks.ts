import { isIntact, NEWLINE } from '../format/line.js';
import type { LogPosition } from '../format/position.js';
import { timestampOfLine } from '../../event/index.js';
import type { Chunk } from './chunks.js';
import { damageAt, type Damage, type DamageOrigin } from './damage.js';
import type { LogBlock } from './log-block.js';
import { stripRun } from './strip.js';

/** Checks a chunk of lines and splits it into blocks: one, and another behind each damaged place. */
export function* chunkBlocks(chunk: Chunk & { kind: 'lines' }, origin: DamageOrigin): Generator<LogBlock, void, void> {
  const { bytes, offset } = chunk;
  for (let at = 0; at < bytes.length;) {
    const run = stripRun(bytes, at, bytes.length);
    const badEnd = endOfBadLines(bytes, run.next);
    const damage = badEnd > run.next ? [badLines(bytes, run.next, badEnd, offset, origin)] : [];
    const lines = bytes.subarray(at, run.end);
    // A block's memory belongs to its reader, who may transfer it: only the last block may keep the chunk's memory.
    const own = badEnd === bytes.length ? lines : Buffer.from(lines);
    yield blockOf(own, run.records, origin.segment, offset + at, offset + badEnd, damage);
    at = badEnd;
  }
}

/** A block that only reports damage. */
export function damageBlock(damage: Damage, nextPosition: LogPosition): LogBlock {
  return {
    bytes: Buffer.alloc(0),
    records: 0,
    firstTimestamp: undefined,
    lastTimestamp: undefined,
    position: { segment: damage.segment, offset: damage.offset },
    nextPosition,
    damage: [damage],
  };
}

function blockOf(
  bytes: Buffer,
  records: number,
  segment: number,
  offset: number,
  nextOffset: number,
  damage: readonly Damage[],
): LogBlock {
  const lastLine = records === 0 ? 0 : startOfLastLine(bytes);
  return {
    bytes,
    records,
    firstTimestamp: records === 0 ? undefined : timestampOfLine(bytes, 0),
    lastTimestamp: records === 0 ? undefined : timestampOfLine(bytes, lastLine),
    position: { segment, offset },
    nextPosition: { segment, offset: nextOffset },
    damage,
  };
}

function startOfLastLine(bytes: Buffer): number {
  return bytes.length < 2 ? 0 : bytes.lastIndexOf(NEWLINE, bytes.length - 2) + 1;
}

/** Where the run of damaged lines that starts at `from` ends. */
function endOfBadLines(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at);
    if (isIntact(bytes, at, newline)) break;
    at = newline + 1;
  }
  return at;
}

function badLines(bytes: Buffer, from: number, to: number, offset: number, origin: DamageOrigin): Damage {
  let lines = 0;
  for (let at = from; at < to; at = bytes.indexOf(NEWLINE, at) + 1) lines += 1;
  const problem =
    lines === 1 ? 'a line is damaged: its crc does not match' : `${lines} lines are damaged: their crc does not match`;
  return damageAt('bad_line', origin, offset + from, to - from, problem);
}
