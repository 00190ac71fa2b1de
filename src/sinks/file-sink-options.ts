import type { KeyRing } from '../crypt/index.js';
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
   * Whether to start over; to append; to truncate to a position and continue there; or to append as a part that does not come
   * before that of a position. A file to be truncated is also recognized by a position in it.
   */
  readonly mode:
    | 'truncate'
    | 'append'
    | { readonly truncateTo: FilePosition; readonly writtenTo?: FilePosition }
    | { readonly behind: FilePosition };
  /** What each file begins with, written with the first write, even an empty one. */
  readonly head?: FileHead;
  /** Encrypts the lines; a file that holds others is refused. Undefined: they are written as they are. */
  readonly keys?: KeyRing | undefined;
  /** A file of this size is rotated. Lines are never split. */
  readonly rotateBytes?: number;
  /** A new file is started at each multiple of this since the epoch, in milliseconds: days change at midnight UTC. */
  readonly rotateMs?: number;
  /** Never split a write across two files, because it is not text. */
  readonly keepsWhole?: boolean;
  /** The name pattern of rotated files, see `partNames`. Default: `{name}.{number}{ext}`. */
  readonly pattern?: string;
  /** Rotated files are removed when their last write is longer ago than this, in milliseconds. */
  readonly retentionMs?: number;
  /** Rotated files are compressed in the background. */
  readonly gzip?: boolean;
  /** The folder of the manifest of rotated files. Without one, the next sink does not recognize them. */
  readonly stateFolder?: string;
  /** Permissions of new files, as a number. Default: those of the process. */
  readonly permissions?: number;
  /** Rotated files stay unchanged until {@link FileSink.settle} says that the output will not be truncated to any of them. */
  readonly checkpointed?: boolean;
  /** Keeps the content of a removed file, so that {@link FileSink.checkPlace} can write it again. Takes over the file when the sink is closed. */
  readonly lifeline?: Lifeline;
  /** Holds the current file, and each next one. Released by its creator. See {@link heldFileSink}. */
  readonly hold?: FileHold;
  /** Writes a regular file on this thread, for callers with nothing else to do meanwhile. This saves a call to another thread. */
  readonly waits?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** A rotated file could not be compressed or removed. The output itself is intact. */
  readonly onTrouble?: (error: unknown) => void;
}

/** What somebody else did to an output's file. */
export interface OutputChange {
  readonly kind: Exclude<WrittenFileState, 'same'>;
  /** The number of bytes affected: the size of a renamed or removed file, or the bytes that are missing or were added. */
  readonly bytes: number;
  /** Whether the content of a removed file is written again. */
  readonly isRestored: boolean;
}

/** A file that can be synced, and whose positions a checkpoint can store. */
export interface FileSink extends Sink {
  /** Bytes missing before `cutTo`, because somebody else has changed the file. */
  readonly lostBytes: number;
  /** Device and inode of the current file; undefined if it has none. */
  node(): string | undefined;
  /** Returns the current state of the file. Changes nothing. @throws SinkError */
  standing(): WrittenFileState;
  /** The position of the next line. */
  position(): FilePosition;
  /**
   * Syncs everything written, and the names of the files.
   *
   * @throws SinkError
   */
  sync(): Promise<void>;
  /** Declares that the output will never be truncated to a position before this one. */
  settle(position: FilePosition): void;
  /**
   * Checks whether somebody else renamed, removed or changed the file, and continues in the file that now has its name, or in a
   * new one. Writes the content of a removed file again. Earlier positions may belong to another file afterwards.
   *
   * @returns undefined if nothing happened
   * @throws SinkError
   */
  checkPlace(): Promise<OutputChange | undefined>;
  /**
   * Does what is due by the clock even if nothing is written: starts a new file, and removes old ones.
   *
   * @returns whether the sink continues in a new file
   * @throws SinkError
   */
  tend(): Promise<boolean>;
  /** Whether the file is closed until the next write. */
  isResting(): boolean;
  /** Closes the file until the next write. Call {@link FileSink.checkPlace} before that write. */
  rest(): Promise<void>;
  /** Stops compressing; the rest is done when the output is opened again. Call it before `close` to close quickly. */
  hurry(): void;
}
