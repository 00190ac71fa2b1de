import type { Source } from './block.js';
import { fileSource } from './file-source.js';
import { decodedSource } from './decoded-source.js';
import type { InputFormat } from './formats/decoder.js';
import { followSource, type FollowOptions } from './follow-source.js';
import { stdinSource } from './stdin-source.js';

/** Floor 5: where events come from. A new source is a file here and a line below. */
export type { Block, Done, LineBlock, OverlongLine, ResumeAt, Source } from './block.js';
export { GrownFile, RewrittenError } from './grown-file.js';
export { isDamage } from './before-damage.js';
export { UnpackedFile } from './unpacked-file.js';
export { FolderWatch, type WatchedFile, type WatchTalk, type WatchWorld } from './watch-folder.js';
export { logSource, parseLogMark, type LogMark, type LogSourceOptions, type ReadableLog } from './log-source.js';
export { natsQueue, type Delivery, type NatsQueue, type QueueInlet, type Restored } from './nats-queue.js';
export { partOf } from './block.js';
export { BlockCutter } from './block-cutter.js';
export type { InputFormat } from './formats/decoder.js';
export { isBroken, readBroken, type BrokenRecord } from './formats/broken-record.js';
export { openForReading } from './open-file.js';
export { SourceError } from './read-error.js';
export { PIECE_BYTES, SpareMemory } from './spare-memory.js';
export { mergeSources } from './merge.js';

/** How an input is read. */
export interface SourceOptions extends FollowOptions {
  /** Longer lines and records are reported, not kept in memory. */
  readonly lineBytesMax: number;
  readonly follow: boolean;
  /** Undefined: lines of JSON, the only format of followed inputs. */
  readonly format?: InputFormat | undefined;
}

/**
 * Opens an input of the command line: `-` is standard input, anything else a file.
 *
 * @throws SourceError when it can't be opened
 */
export function openSource(name: string, options: SourceOptions): Source {
  if (options.format !== undefined) return decodedSource(name, options.format, options.lineBytesMax);
  if (name === '-') return stdinSource(options.lineBytesMax);
  return options.follow ? followSource(name, options.lineBytesMax, options) : fileSource(name, options.lineBytesMax);
}
