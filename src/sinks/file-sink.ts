import { closeSync, fdatasync, fstatSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { cutBack } from './cut-back.js';
import { Edges } from './edges.js';
import { oneAtATime } from './one-at-a-time.js';
import type { FilePosition } from './file-position.js';
import { syncPath } from './pack-part.js';
import { partNames } from './part-names.js';
import { listParts, PartKeeper, removeUnfinished } from './parts.js';
import { SinkError, type Sink } from './sink.js';
import { writeFileFully, writeFully } from './write-fully.js';

const datasync = promisify(fdatasync);

const NEWLINE = 0x0a;

export interface FileSinkOptions {
  /** Start anew, go on at the end of what is there, or cut what is there back to a position and go on from it. */
  readonly mode: 'truncate' | 'append' | { readonly cutTo: FilePosition };
  /** A file that reached this size is set aside. A line is never split. */
  readonly rotateBytes?: number;
  /** A new file is begun at each multiple of this since the epoch, in milliseconds: days change at midnight UTC. */
  readonly rotateMs?: number;
  /** What files that are set aside are called, see `partNames`. Default `{name}.{number}{ext}`. */
  readonly pattern?: string;
  /** Files set aside that were last written to longer ago are removed, in milliseconds. */
  readonly retentionMs?: number;
  /** Files set aside are compressed, beside the writing. */
  readonly gzip?: boolean;
  /** Files set aside stay as they are until {@link FileSink.settle} says that none of them will be cut back to. */
  readonly checkpointed?: boolean;
  /** A regular file is written to on this thread, for whoever has nothing else to do meanwhile: another is not worth its call. */
  readonly waits?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** A file that was set aside could not be compressed or removed. The output itself is whole. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A file that can be put onto the medium, and whose places can be kept in a checkpoint. */
export interface FileSink extends Sink {
  /** Bytes that lay before `cutTo` and are gone: somebody else has changed the file. */
  readonly lostBytes: number;
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
   * Does what is due by the clock though nothing is written: begins a new file, removes old ones.
   *
   * @throws SinkError
   */
  tend(): Promise<void>;
  /** Stops compressing: what is left is done when the output is opened again. Before `close`, for whoever is in a hurry. */
  hurry(): void;
}

/**
 * A file of lines. With rotation the newest lines are always in `path`, the older ones in numbered parts beside it; parts in
 * order, then `path`, are the whole output. `truncate` removes the parts of an earlier output too.
 *
 * @throws SinkError when it cannot be opened
 */
export function fileSink(path: string, options: FileSinkOptions): FileSink {
  const { mode, rotateBytes, rotateMs, retentionMs, gzip = false, now = Date.now } = options;
  const rotates = rotateBytes !== undefined || rotateMs !== undefined;
  const names = partNames(path, options.pattern);
  const keeper = new PartKeeper({ names, gzip, retentionMs, now, onTrouble: options.onTrouble ?? (() => undefined) });

  const { lostBytes, part: firstPart } = guarded(path, 'open', prepare);
  let part = firstPart;
  let fd = guarded(path, 'open', () => openSync(path, mode === 'truncate' ? 'w' : 'a'));
  let { size, began, isRegular } = guarded(path, 'open', () => measured(fd, now));
  let edges = edgesOf();
  let namesChanged = true;
  const settleOwn = (): void => {
    if (options.checkpointed !== true) keeper.settle(part);
  };
  settleOwn();

  function edgesOf(): Edges | undefined {
    return isRegular ? guarded(path, 'open', () => Edges.of(path, fd, size)) : undefined;
  }

  /** Brings what an earlier output left into the state that `mode` asks for. */
  function prepare(): { readonly lostBytes: number; readonly part: number } {
    const isSpecial = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
    if (isSpecial || (!rotates && typeof mode === 'string')) return { lostBytes: 0, part: 1 };
    removeUnfinished(names);
    if (typeof mode === 'object') {
      const { lostBytes: lost, position } = cutBack(path, names, mode.cutTo);
      return { lostBytes: lost, part: position.part };
    }
    const parts = listParts(names);
    if (mode === 'append') return { lostBytes: 0, part: (parts.at(-1)?.number ?? 0) + 1 };
    for (const old of parts) rmSync(old.path);
    return { lostBytes: 0, part: 1 };
  }

  // A sync runs beside writes, but the descriptor must not change under it.
  const keepingTheFile = oneAtATime();
  const writing = oneAtATime();

  const setAside = async (): Promise<void> => {
    if (options.checkpointed === true) await datasync(fd);
    closeSync(fd);
    renameIfThere(path, names.pathOf(part, began));
    part += 1;
    fd = openSync(path, 'a');
    ({ size, began, isRegular } = measured(fd, now));
    edges = edgesOf();
    namesChanged = true;
    settleOwn();
  };
  const rotate = (): Promise<void> => keepingTheFile(setAside);

  const isOver = (): boolean => {
    return (
      rotateMs !== undefined && size > 0 && isRegular && Math.floor(now() / rotateMs) > Math.floor(began / rotateMs)
    );
  };

  const write = async (bytes: Uint8Array): Promise<void> => {
    if (isRegular && options.waits === true) writeFileFully(fd, bytes);
    else await writeFully(fd, bytes);
    if (isRegular) size += bytes.length;
    edges?.add(bytes);
  };

  const writeLines = async (lines: Uint8Array): Promise<void> => {
    let rest = lines;
    if (isOver()) await rotate();
    if (size === 0) began = now();
    while (rotateBytes !== undefined && isRegular && size + rest.length > rotateBytes) {
      const fits = wholeLinesWithin(rest, rotateBytes - size, size === 0);
      await write(rest.subarray(0, fits));
      rest = rest.subarray(fits);
      if (rest.length === 0) return;
      await rotate();
    }
    await write(rest);
  };

  const syncAll = async (): Promise<void> => {
    // A device or a pipe has nothing to sync, and says so by an error.
    if (!isRegular) return;
    await datasync(fd);
    if (namesChanged) await syncPath(names.folder);
    namesChanged = false;
  };

  return {
    name: path,
    lostBytes,
    write: (lines) => guardedAsync(path, () => writing(() => writeLines(lines))),
    position: () => ({ part, offset: size, ...(edges && { mark: edges.mark() }) }),
    sync: () => guardedAsync(path, () => keepingTheFile(syncAll)),
    settle: (position) => keeper.settle(position.part),
    tend: () =>
      guardedAsync(path, async () => {
        if (isOver()) await writing(rotate);
        keeper.tend();
      }),
    hurry: () => keeper.stop(),
    async close() {
      await writing(() => keepingTheFile(() => closeSync(fd)));
      await keeper.finish();
    },
  };
}

/** How much is in the file, and since when. What is no regular file (a device, a pipe) has no size and is never set aside. */
function measured(fd: number, now: () => number): { size: number; began: number; isRegular: boolean } {
  const stats = fstatSync(fd);
  const { size, birthtimeMs, mtimeMs } = stats;
  // Not every file system knows when a file was made.
  const began = size === 0 ? now() : birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs;
  return { size, began, isRegular: stats.isFile() };
}

/** How many bytes of whole lines fit into `room`; at least one line when the file is empty, however long it is. */
function wholeLinesWithin(lines: Uint8Array, room: number, fileIsEmpty: boolean): number {
  const last = room > 0 ? lines.lastIndexOf(NEWLINE, room - 1) : -1;
  if (last >= 0 || !fileIsEmpty) return last + 1;
  const first = lines.indexOf(NEWLINE);
  return first === -1 ? lines.length : first + 1;
}

/** A file that somebody has moved away is theirs now. */
function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

function guarded<T>(path: string, phase: 'open' | 'write', action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new SinkError(path, phase, error);
  }
}

async function guardedAsync(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw new SinkError(path, 'write', error);
  }
}
