/** Floor 5: where finished lines go. A new sink is a file here and a line below. */
export { SinkClosedError, SinkError, type LineGroup, type Sink } from './sink.js';
export { parseFilePosition, type FilePosition, type PositionMark } from './file-position.js';
export { fileSink, heldFileSink } from './file-sink.js';
export { FileHold } from './file-hold.js';
export type { FileLockOptions } from './file-lock.js';
export {
  DEAD_LETTER_PERMISSIONS,
  type FileSink,
  type FileSinkOptions,
  type OutputChange,
} from './file-sink-options.js';
export { outputState, type OutputState } from './output-state.js';
export { partsState, strangeParts, type PartsState } from './parts.js';
export { Lifeline } from './lifeline.js';
export { truncateRenamed, findPacked, findRenamed, type RenamedFile } from './truncate-renamed.js';
export { recoverFile } from './restore-file.js';
export { movedTo, rekeyFile, type RekeyedFile } from './rekey-file.js';
export { partNames } from './part-names.js';
export { oneAtATime } from './one-at-a-time.js';
export { refuseOtherHead } from './refuse-other-head.js';
export { keyedSink, type KeyedSink, type KeyedSinkOptions } from './keyed-sink.js';
export { packedSink } from './packed-sink.js';
export { natsSink, type Publication } from './nats-sink.js';
export { stdoutSink } from './stdout-sink.js';
export { nowhere } from './nowhere.js';
