import { placeBehind, samplesBefore, type FileStats, type FileSystem } from '../../files/index.js';
import type { LogEntry, LogPosition } from '../../log/index.js';
import { GrownFile, partOf, type Block } from '../../sources/index.js';
import { appendAll } from '../append.js';
import type { FileRegister } from './file-register.js';
import { atRest, contentBefore, packingOfFile, upToPlace, type IngestedFile } from './ingested-file.js';
import type { Intake } from './ingest-blocks.js';
import { recordsOf } from './records-of.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** The destination of a file's lines. */
export interface FileIntake extends Intake {
  readonly log: { readonly end: LogPosition };
  readonly register: FileRegister;
  readonly pipeline: string;
  readonly fs: FileSystem;
}

/** An open file whose reading continues from its known place. */
export interface FileToRead {
  readonly fd: number;
  readonly path: string;
  readonly stats: FileStats;
  readonly record: IngestedFile;
}

/** How far a file was read. */
export interface FileRead {
  readonly record: IngestedFile;
  /** Records stored. */
  readonly stored: number;
  /** A line that was stored unfinished has grown: it was stored again, whole, or its rest as a separate line. */
  readonly continued?: 'whole' | 'rest';
  /** Behind the last line is text that is not a complete line yet. */
  readonly isUnfinished: boolean;
  /** The end of the compressed data is missing. */
  readonly isCutOff: boolean;
}

/** The progress so far, reported after each block: where to continue after an error. */
type Progress = (read: Pick<FileRead, 'record' | 'stored'>) => void;

/**
 * Stores a file's new lines, each once: skips the records that the log already has.
 *
 * @param signal ends it after the current block is stored
 * @throws SourceError, RewrittenError, LogError; the operating system's errors of the register
 */
export async function readFileOn(
  { fd, path, stats, record }: FileToRead,
  intake: FileIntake,
  signal: AbortSignal,
  onProgress: Progress,
): Promise<FileRead> {
  const grown = grownFile(fd, path, record, intake, false);
  const { pipeline, register, fs } = intake;
  let now = record;
  let stored = 0;
  let wentOn: FileRead['continued'];
  let isBegun = false;
  for await (const whole of grown.blocks(signal)) {
    let { lines } = now.place;
    let block = whole;
    if (now.isInLine === true) {
      // The newline of a line that was stored without it belongs to that line and is not another line.
      if (isBlank(firstLine(whole))) lines -= 1;
      else wentOn = 'rest';
    } else if (now.half !== undefined) {
      if (lengthOf(whole) > now.half) wentOn = 'whole';
      else {
        block = withoutFirstLine(whole);
        lines += 1;
      }
    }
    const read = recordsOf(block, lines, intake, { source: path, pipeline });
    const { entries, ahead } = withoutAhead(read.entries, now.ahead ?? 0);
    if (entries.length > 0) {
      const underWay = { file: now, source: path, from: intake.log.end };
      await (isBegun ? register.resume(underWay) : register.begin(underWay));
      isBegun = true;
      await appendAll(intake.store, entries, intake.entriesMax);
      stored += entries.length;
    }
    now = behind(now, { fd, fs, grown }, lines + read.lines, ahead);
    onProgress({ record: now, stored });
  }
  if (signal.aborted) return { record: now, stored, isUnfinished: false, isCutOff: false };
  const isUnfinished = grown.unfinished > 0 && grown.unfinished !== now.half;
  const { isCutOff } = grown;
  const offset = now.content === undefined ? now.place.offset : grown.bytesRead;
  return {
    record: {
      ...atRest(now),
      seen: { size: stats.size, stamp: stats.stamp },
      place: placeBehind(fd, offset, now.place.lines, fs),
      samples: samplesBefore(fd, offset, fs),
      ...((isUnfinished || isCutOff) && { waits: true }),
    },
    stored,
    ...(wentOn && { continued: wentOn }),
    isUnfinished,
    isCutOff,
  };
}

/** What a last line without a newline turned out to be: an event, a rejected line, only white space, or continued after all. */
export interface UnfinishedRead {
  readonly record: IngestedFile;
  readonly kind: 'event' | 'refused' | 'none';
}

/**
 * Stores a last line that has waited in vain for its newline. An event counts as a whole line. Anything else may be the first
 * half of an event: it is stored as a rejected line and read again when it continues.
 *
 * @throws as {@link readFileOn}
 */
export async function readUnfinished(
  { fd, path, record }: Omit<FileToRead, 'stats'>,
  intake: FileIntake,
  signal: AbortSignal,
): Promise<UnfinishedRead> {
  const grown = grownFile(fd, path, record, intake, true);
  const known = upToPlace(record);
  for await (const block of grown.blocks(signal)) {
    // The line is being continued right now.
    if (block.kind === 'lines' && block.bytes.includes(NEWLINE)) break;
    const { entries, refused } = recordsOf(block, record.place.lines, intake, {
      source: path,
      pipeline: intake.pipeline,
    });
    const isEvent = refused === 0;
    if (entries.length === 0) return { record: known, kind: 'none' };
    const then: IngestedFile = isEvent
      ? { ...behind(known, { fd, fs: intake.fs, grown }, record.place.lines + 1, 0), isInLine: true }
      : { ...known, half: block.kind === 'overlong' ? block.lineBytes : block.bytes.length };
    await intake.register.begin({ file: record, source: path, from: intake.log.end, then });
    await appendAll(intake.store, entries, intake.entriesMax);
    return { record: then, kind: isEvent ? 'event' : 'refused' };
  }
  return { record, kind: 'none' };
}

function grownFile(
  fd: number,
  name: string,
  record: IngestedFile,
  { lineBytesMax }: FileIntake,
  takesUnfinished: boolean,
): GrownFile {
  const packing = packingOfFile(record);
  return new GrownFile(fd, { name, lineBytesMax, from: contentBefore(record), packing, takesUnfinished });
}

/** The record after the last block. In a compressed file the place stays where the read began until the end is reached. */
function behind(
  record: IngestedFile,
  { fd, fs, grown }: { readonly fd: number; readonly fs: FileSystem; readonly grown: GrownFile },
  lines: number,
  ahead: number,
): IngestedFile {
  const { content, place } = record;
  return {
    ...upToPlace(record),
    ...(content === undefined
      ? { place: placeBehind(fd, grown.offset, lines, fs) }
      : { place: { ...place, lines }, content: grown.offset }),
    ...(ahead > 0 && { ahead }),
  };
}

/** Entries with a key of their own are never stored twice, and were not counted. */
function withoutAhead(entries: readonly LogEntry[], ahead: number): { entries: readonly LogEntry[]; ahead: number } {
  if (ahead === 0) return { entries, ahead };
  let left = ahead;
  const kept = entries.filter(({ key }) => key !== undefined || left-- <= 0);
  return { entries: kept, ahead: Math.max(0, left) };
}

function firstLine(block: Block): Buffer {
  if (block.kind === 'overlong') return block.head;
  const end = block.bytes.indexOf(NEWLINE);
  return end === -1 ? block.bytes : block.bytes.subarray(0, end);
}

/** Length of the first line, without its end. */
function lengthOf(block: Block): number {
  if (block.kind === 'overlong') return block.lineBytes;
  const line = firstLine(block);
  return line.at(-1) === RETURN ? line.length - 1 : line.length;
}

function withoutFirstLine(block: Block): Block {
  if (block.kind === 'overlong')
    return { kind: 'lines', bytes: Buffer.alloc(0), source: block.source, startsFile: false };
  return { ...block, bytes: partOf(block.bytes, firstLine(block).length + 1, block.bytes.length) };
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === RETURN);
}
