import { timestampOfLine } from '../event/index.js';
import {
  parsePosition,
  STRIPPED_BYTES,
  type Damage,
  type LogBlock,
  type LogPosition,
  type LogReadOptions,
} from '../log/index.js';
import { partOf, type Block, type LineBlock, type ResumeAt, type Source } from './block.js';
import { SpareMemory } from './spare-memory.js';

const NEWLINE = 0x0a;

/** Smaller blocks are not worth the calls to read them. */
const SMALL_BYTES = 64 << 10;

/** How far a log was read. Stored in checkpoints. */
export interface LogMark {
  readonly position: LogPosition;
  /** The timestamp of the last record before it, in milliseconds since the epoch; 0 if none was read. */
  readonly timestamp: number;
}

/** Parses a stored {@link LogMark}; undefined if the value is not one. */
export function parseLogMark(value: ResumeAt): LogMark | undefined {
  if (typeof value !== 'object' || value === null || !('position' in value) || !('timestamp' in value))
    return undefined;
  const position = parsePosition(value.position);
  const { timestamp } = value;
  return position !== undefined && typeof timestamp === 'number' ? { position, timestamp } : undefined;
}

/** A readable log: the log's writer itself, or a reader in another process. */
export interface ReadableLog {
  read(options: LogReadOptions): AsyncIterable<LogBlock>;
}

export interface LogSourceOptions extends Omit<LogReadOptions, 'signal' | 'spare'> {
  /** Selects lines; the others are omitted. @param end the position of the line's newline */
  readonly accepts?: (bytes: Buffer, start: number, end: number) => boolean;
  /** Returns blocks of one line each, so that reading can resume at every event. */
  readonly singleLines?: boolean;
  /** Also splits the first nonempty block into lines, each marked as {@link LineBlock.alone}. */
  readonly firstAlone?: boolean;
  /** Called for every damaged place, in the order of the log. */
  readonly onDamage: (damage: Damage) => void;
  /** Awaited after a small block, so that a fast-growing log is read in a few large blocks instead of many small ones. */
  readonly rest?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Returns stored events unchanged, with ids and timestamps but without their crc. Each block says where the log continues, as a
 * {@link LogMark}; a block without lines says only that.
 */
export function logSource(log: ReadableLog, options: LogSourceOptions): Source {
  return { name: 'log', blocks: (signal) => logBlocks(log, options, signal) };
}

async function* logBlocks(log: ReadableLog, options: LogSourceOptions, signal: AbortSignal): AsyncGenerator<Block> {
  const { accepts, singleLines = false, firstAlone = false, onDamage, rest, ...reading } = options;
  const memory = new SpareMemory();
  const recycle = (bytes: Uint8Array): void => memory.give(bytes);
  let timestamp = 0;
  let areAlone = firstAlone;
  for await (const block of log.read({ ...reading, signal, spare: () => memory.takeSpare() })) {
    block.damage.forEach(onDamage);
    const bytes = block.bytes.length;
    const isSplit = singleLines || areAlone;
    if (isSplit) {
      const alone = areAlone;
      for (const line of oneByOne(block, accepts ?? (() => true), timestamp)) {
        yield { ...line, alone };
        areAlone = false;
      }
    }
    timestamp = block.lastTimestamp ?? timestamp;
    const place = { position: block.nextPosition, timestamp };
    if (isSplit) yield blockOf(Buffer.alloc(0), place);
    else yield blockOf(accepts === undefined ? block.bytes : wantedLines(block.bytes, accepts), place, recycle);
    if (rest !== undefined && bytes < SMALL_BYTES) await rest(signal);
  }
}

type Accepts = NonNullable<LogSourceOptions['accepts']>;

/** Copies the accepted lines together into memory of their own. */
function wantedLines(bytes: Buffer, accepts: Accepts): Buffer {
  let used = 0;
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, at);
    if (accepts(bytes, at, newline)) {
      if (used !== at) bytes.copyWithin(used, at, newline + 1);
      used += newline + 1 - at;
    }
    at = newline + 1;
  }
  return bytes.subarray(0, used);
}

function* oneByOne({ bytes, position }: LogBlock, accepts: Accepts, before: number): Generator<Block> {
  const { segment } = position;
  let { offset } = position;
  let timestamp = before;
  for (let at = 0; at < bytes.length;) {
    const next = bytes.indexOf(NEWLINE, at) + 1;
    offset += next - at + STRIPPED_BYTES;
    if (accepts(bytes, at, next - 1)) {
      timestamp = timestampOfLine(bytes, at) ?? timestamp;
      yield blockOf(partOf(bytes, at, next), { position: { segment, offset }, timestamp });
    }
    at = next;
  }
}

function blockOf(bytes: Buffer, resumeAt: LogMark, recycle?: LineBlock['recycle']): Block {
  return { kind: 'lines', bytes, source: 'log', startsFile: false, resumeAt, recycle };
}
