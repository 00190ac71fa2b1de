/** Floor 5: where events come from. */
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
export { openSource } from './open-source.js';
export { isSealedPath, refuseSealedPath, unsealed } from './unsealed.js';
export { EncryptedInputError, refuseEncrypted } from './encrypted-input.js';
export { SourceError } from './read-error.js';
export { PIECE_BYTES, SpareMemory } from './spare-memory.js';
export { mergeSources } from './merge.js';
