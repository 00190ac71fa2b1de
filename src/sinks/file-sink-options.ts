import type { FileHold } from './file-hold.js';
import type { FilePosition } from './file-position.js';
import type { FileHead } from './formats/index.js';
import type { Lifeline } from './lifeline.js';
import type { Sink } from './sink.js';
import type { WrittenFileState } from './written-file.js';

/** Dead letters hold unprocessed input: new files of them are accessible to their owner only. */
export const DEAD_LETTER_PERMISSIONS = 0o600;

export interface FileSinkOptions {
  /**
   * Start over; append; truncate to a position and continue there; or append, as a part that does not come before that of a
   * position. A file to be truncated is also recognized by a position in it.
   */
  readonly mode:
    | 'truncate'
    | 'append'
    | { readonly cutTo: FilePosition; readonly writtenTo?: FilePosition }
    | { readonly behind: FilePosition };
  /** What each file begins with, as soon as something is written, be it no lines. */
  readonly head?: FileHead;
  /** A file of this size is rotated. A line is never split. */
  readonly rotateBytes?: number;
  /** A new file is started at each multiple of this since the epoch, in milliseconds: days change at midnight UTC. */
  readonly rotateMs?: number;
  /** A write is never split over two files: it is not text. */
  readonly keepsWhole?: boolean;
  /** The names of rotated files, see `partNames`. Default `{name}.{number}{ext}`. */
  readonly pattern?: string;
  /** Rotated files that were last written to longer ago are removed, in milliseconds. */
  readonly retentionMs?: number;
  /** Rotated files are compressed in the background. */
  readonly gzip?: boolean;
  /** Where the manifest of rotated files is kept. Without one, the next sink does not recognize them. */
  readonly stateFolder?: string;
  /** Permissions of new files, as a number; default: the process's. */
  readonly permissions?: number;
  /** Rotated files stay unchanged until {@link FileSink.settle} says that the output will not be truncated to any of them. */
  readonly checkpointed?: boolean;
  /** {@link FileSink.look} writes the content of a removed file again. This takes over the file when the sink is closed. */
  readonly lifeline?: Lifeline;
  /** Holds the file, and each next one. Its creator releases it. See {@link heldFileSink}. */
  readonly hold?: FileHold;
  /** Writes a regular file on this thread, for callers with nothing else to do meanwhile: that saves a call to another thread. */
  readonly waits?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** A rotated file could not be compressed or removed. The output itself is intact. */
  readonly onTrouble?: (error: unknown) => void;
}

/** What somebody else did to the file of an output. */
export interface OutputChange {
  readonly kind: Exclude<WrittenFileState, 'same'>;
  /** How many bytes are affected: those of a renamed or removed file, those that are missing, or those that were added. */
  readonly bytes: number;
  /** Of a removed file: whether its content is written again. */
  readonly isRestored: boolean;
}

/** A file that can be synced and whose positions can be kept in a checkpoint. */
export interface FileSink extends Sink {
  /** Missing bytes before `cutTo`: somebody else has changed the file. */
  readonly lostBytes: number;
  /** Device and inode of the current file; undefined where it has none. */
  node(): string | undefined;
  /** The current state of the file. Changes nothing. @throws SinkError */
  standing(): WrittenFileState;
  /** The position of the next line. */
  position(): FilePosition;
  /**
   * Syncs everything written, and the names of the files.
   *
   * @throws SinkError
   */
  sync(): Promise<void>;
  /** The output will never be truncated to a position before this one. */
  settle(position: FilePosition): void;
  /**
   * Checks whether somebody else renamed, removed or changed the file, and continues in the file that has its name, or in a new
   * one.
   * Writes the content of a removed file again. Earlier positions may belong to another file afterwards.
   *
   * @returns undefined when nothing happened
   * @throws SinkError
   */
  look(): Promise<OutputChange | undefined>;
  /**
   * Does what is due by the clock even when nothing is written: starts a new file, removes old ones.
   *
   * @returns whether it continues in a new file
   * @throws SinkError
   */
  tend(): Promise<boolean>;
  /** Whether it is closed for now. */
  isResting(): boolean;
  /** Closes the file until it is written to again. Look at it before that. */
  rest(): Promise<void>;
  /** Stops compressing: the rest is done when the output is opened again. Call it before `close` to close quickly. */
  hurry(): void;
}
