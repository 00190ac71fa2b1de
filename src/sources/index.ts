import type { Source } from './block.js';
import { fileSource } from './file-source.js';
import { followSource, type FollowOptions } from './follow-source.js';
import { stdinSource } from './stdin-source.js';

/** Floor 5: where events come from. A new source is a file here and a line below. */
export type { Block, Done, LineBlock, OverlongLine, ResumeAt, Source } from './block.js';
export { GrownFile, RewrittenError } from './grown-file.js';
export { GunzippedFile } from './gunzipped-file.js';
export { FolderWatch, type WatchedFile, type WatchTalk, type WatchWorld } from './watch-folder.js';
export { logSource, parseLogMark, type LogMark, type LogSourceOptions, type ReadableLog } from './log-source.js';
export { natsQueue, type Delivery, type NatsQueue, type QueueInlet, type Restored } from './nats-queue.js';
export { partOf } from './block.js';
export { BlockCutter } from './block-cutter.js';
export { openForReading } from './open-file.js';
export { SourceError } from './read-error.js';
export { PIECE_BYTES, SpareMemory } from './spare-memory.js';
export { mergeSources } from './merge.js';

/**
 * Opens an input of the command line: `-` is standard input, anything else a file.
 *
 * @param lineBytesMax longer lines are reported, not kept in memory
 * @throws SourceError when it can't be opened
 */
export function openSource(name: string, options: { lineBytesMax: number; follow: boolean } & FollowOptions): Source {
  if (name === '-') return stdinSource(options.lineBytesMax);
  return options.follow ? followSource(name, options.lineBytesMax, options) : fileSource(name, options.lineBytesMax);
}
