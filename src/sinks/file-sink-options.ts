import type { FileHold } from './file-hold.js';
import type { FilePosition } from './file-position.js';
import type { Lifeline } from './lifeline.js';
import type { Sink } from './sink.js';
import type { WrittenFileState } from './written-file.js';

/** Dead letters hold what could not be processed, as it came: new files of them are for their owner alone. */
export const DEAD_LETTER_PERMISSIONS = 0o600;

export interface FileSinkOptions {
  /**
   * Start anew; go on at the end of what is there; cut what is there back to a position and go on from it; or go on at the end,
   * as a part that is not before that of a position. What is to be cut is ours also when it is known by a place in it.
   */
  readonly mode:
    | 'truncate'
    | 'append'
    | { readonly cutTo: FilePosition; readonly writtenTo?: FilePosition }
    | { readonly behind: FilePosition };
  /** A file that reached this size is set aside. A line is never split. */
  readonly rotateBytes?: number;
  /** A new file is begun at each multiple of this since the epoch, in milliseconds: days change at midnight UTC. */
  readonly rotateMs?: number;
  /** What is written at a time is never split over two files: it is no text. */
  readonly keepsWhole?: boolean;
  /** What files that are set aside are called, see `partNames`. Default `{name}.{number}{ext}`. */
  readonly pattern?: string;
  /** Files set aside that were last written to longer ago are removed, in milliseconds. */
  readonly retentionMs?: number;
  /** Files set aside are compressed, beside the writing. */
  readonly gzip?: boolean;
  /** Where the manifest of the files set aside is kept. Without one, none of them is known again by the next sink. */
  readonly stateFolder?: string;
  /** Permissions of new files, as a number; default: those that the process gives. */
  readonly permissions?: number;
  /** Files set aside stay as they are until {@link FileSink.settle} says that none of them will be cut back to. */
  readonly checkpointed?: boolean;
  /** What is in a file that was removed is written again by {@link FileSink.look}. This takes the file over when it is closed. */
  readonly lifeline?: Lifeline;
  /** Has the file, and goes on with it to each next one. Whoever made it gives it back. See {@link heldFileSink}. */
  readonly hold?: FileHold;
  /** A regular file is written to on this thread, for whoever has nothing else to do meanwhile: another is not worth its call. */
  readonly waits?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** A file that was set aside could not be compressed or removed. The output itself is whole. */
  readonly onTrouble?: (error: unknown) => void;
}

/** What somebody else did to the file of an output. */
export interface OutputChange {
  readonly kind: Exclude<WrittenFileState, 'same'>;
  /** How many bytes are concerned: those of a file that was renamed or removed, those that are gone, those that were added. */
  readonly bytes: number;
  /** Of a removed file: whether what was in it is written again. */
  readonly isRestored: boolean;
}

/** A file that can be put onto the medium, and whose places can be kept in a checkpoint. */
export interface FileSink extends Sink {
  /** Bytes that lay before `cutTo` and are gone: somebody else has changed the file. */
  readonly lostBytes: number;
  /** Device and inode of the file that is written; undefined where it has none. */
  node(): string | undefined;
  /** What became of the file, seen at once. Changes nothing. @throws SinkError */
  standing(): WrittenFileState;
  /** Where the next line goes. */
  position(): FilePosition;
  /**
   * Puts everything written onto the medium, the names of the files too.
   *
   * @throws SinkError
   */
  sync(): Promise<void>;
  /** The output will never be cut back to a place before this one. */
  settle(position: FilePosition): void;
  /**
   * Sees whether somebody else renamed, removed or changed the file, and goes on in the file that has its name: in a new one where
   * there is none. What was in a removed file is written again. Positions told before may be of another file afterwards.
   *
   * @returns undefined when nothing happened
   * @throws SinkError
   */
  look(): Promise<OutputChange | undefined>;
  /**
   * Does what is due by the clock though nothing is written: begins a new file, removes old ones.
   *
   * @returns whether it goes on in a new file
   * @throws SinkError
   */
  tend(): Promise<boolean>;
  /** Stops compressing: what is left is done when the output is opened again. Before `close`, for whoever is in a hurry. */
  hurry(): void;
}
