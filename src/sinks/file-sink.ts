import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, basename } from 'node:path';
import { describeFile, Manifest, nodeFileSystem } from '../files/index.js';
import { cutBack } from './cut-back.js';
import type { FilePosition } from './file-position.js';
import type { Lifeline } from './lifeline.js';
import { oneAtATime } from './one-at-a-time.js';
import { syncPath } from './pack-part.js';
import { PartKeeper } from './part-keeper.js';
import { fileOf, partNames } from './part-names.js';
import { OutputParts } from './parts.js';
import { restoreFile } from './restore-file.js';
import { SinkError, type Sink } from './sink.js';
import { wholeLinesWithin } from './whole-lines-within.js';
import { WrittenFile, type Standing } from './written-file.js';

/** Dead letters hold what could not be processed, as it came: new files of them are for their owner alone. */
export const DEAD_LETTER_PERMISSIONS = 0o600;

export interface FileSinkOptions {
  /**
   * Start anew; go on at the end of what is there; cut what is there back to a position and go on from it; or go on at the end,
   * where places are told from those before a position that cannot be cut back to.
   */
  readonly mode: 'truncate' | 'append' | { readonly cutTo: FilePosition } | { readonly behind: FilePosition };
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
  /** Holds the file that is written: what is in one that was removed is written again by {@link FileSink.look}. */
  readonly lifeline?: Lifeline;
  /** A regular file is written to on this thread, for whoever has nothing else to do meanwhile: another is not worth its call. */
  readonly waits?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** A file that was set aside could not be compressed or removed. The output itself is whole. */
  readonly onTrouble?: (error: unknown) => void;
}

/** What somebody else did to the file of an output. */
export interface OutputChange {
  readonly kind: Exclude<Standing, 'same'>;
  /** How many bytes are concerned: those of a file that was renamed or removed, those that are gone, those that were added. */
  readonly bytes: number;
  /** Of a removed file: whether what was in it is written again. */
  readonly isRestored: boolean;
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
   * @throws SinkError
   */
  tend(): Promise<void>;
  /** Stops compressing: what is left is done when the output is opened again. Before `close`, for whoever is in a hurry. */
  hurry(): void;
}

/**
 * A file of lines. With rotation the newest lines are always in `path`, the older ones in numbered parts beside it; parts in
 * order, then `path`, are the whole output. `truncate` removes the parts of an earlier output too. Only parts that this output
 * made, by its manifest, are ever renamed, packed, cut or removed.
 *
 * @throws SinkError when it cannot be opened
 */
export function fileSink(path: string, options: FileSinkOptions): FileSink {
  const { mode, rotateBytes, rotateMs, retentionMs, stateFolder, gzip = false, now = Date.now } = options;
  const { waits = false, lifeline, permissions, onTrouble = () => undefined } = options;
  const rotates = rotateBytes !== undefined || rotateMs !== undefined;
  const target = guarded(path, 'open', () => fileOf(path));
  const names = guarded(path, 'open', () => partNames(path, options.pattern));
  const manifest = guarded(path, 'open', openManifest);
  const parts = new OutputParts(names, manifest);
  const keeper = new PartKeeper({ parts, gzip, retentionMs, now, onTrouble });

  const { lostBytes, part: firstPart } = guarded(path, 'open', prepare);
  let part = firstPart;
  let file = guarded(path, 'open', () => openFile(mode === 'truncate'));
  let namesChanged = true;
  settleOwn();

  function openManifest(): Manifest {
    const isNeeded = rotates || gzip || retentionMs !== undefined || lifeline !== undefined || typeof mode === 'object';
    return stateFolder === undefined || !isNeeded ? Manifest.inMemory() : Manifest.read(stateFolder, target);
  }

  function openFile(empty: boolean): WrittenFile {
    const opened = WrittenFile.open(target, { empty, mode: permissions, now });
    if (opened.isRegular) lifeline?.hold(target, opened.node);
    if (rotates) manifest.begin(opened.node);
    return opened;
  }

  function settleOwn(): void {
    if (options.checkpointed !== true) keeper.settle(part);
  }

  /** Brings what an earlier output left into the state that `mode` asks for. */
  function prepare(): { readonly lostBytes: number; readonly part: number } {
    const isSpecial = statSync(target, { throwIfNoEntry: false })?.isFile() === false;
    if (isSpecial) return { lostBytes: 0, part: 1 };
    parts.clear();
    if (typeof mode === 'object' && 'cutTo' in mode) return cutBack(target, parts, mode.cutTo);
    if (typeof mode === 'object') return { lostBytes: 0, part: parts.nextNumber(mode.behind.part + 1) };
    if (!rotates) return { lostBytes: 0, part: 1 };
    if (mode === 'truncate') for (const old of parts.list()) parts.remove(old);
    return { lostBytes: 0, part: parts.nextNumber() };
  }

  // A sync runs beside writes, but the descriptor must not change under it.
  const keepingTheFile = oneAtATime();
  const writing = oneAtATime();

  /** Goes on in the file that has the output's name now: a new one where there is none. */
  const goOn = (next: number): void => {
    mkdirSync(dirname(target), { recursive: true });
    const former = file;
    file = openFile(false);
    former.close();
    part = next;
    namesChanged = true;
    settleOwn();
  };

  const setAside = async (): Promise<void> => {
    if (options.checkpointed === true) await file.sync();
    // A file that somebody has moved away is theirs now, and so is the one that they put in its place.
    if (nodeFileSystem.stat(target)?.node === file.node) {
      part = parts.freeNumber(part, file.began);
      const finished = names.pathOf(part, file.began);
      await manifest.add(describeFile(target, { number: part, packed: false, name: basename(finished) }));
      renameSync(target, finished);
    }
    goOn(part + 1);
  };
  const rotate = (): Promise<void> => keepingTheFile(setAside);

  const seeToIt = async (): Promise<OutputChange | undefined> => {
    const kind = file.standing();
    const { size, began } = file;
    switch (kind) {
      case 'same':
        return undefined;
      case 'cut':
      case 'grown':
        // What was cut may grow beyond old places again: these are told from new ones.
        if (kind === 'cut') part = parts.nextNumber(part + 1);
        return { kind, bytes: Math.abs(file.measure()), isRestored: false };
      case 'renamed':
      case 'replaced':
        await file.sync();
        goOn(parts.nextNumber(part + 1));
        return { kind, bytes: size, isRestored: false };
      case 'removed': {
        const content = lifeline?.content();
        const isRestored = content !== undefined || size === 0;
        if (content !== undefined && size > 0) {
          await restoreFile(target, content, () => parts.temporary(basename(target)), permissions);
        }
        goOn(isRestored ? part : parts.nextNumber(part + 1));
        file.began = began;
        return { kind, bytes: size, isRestored };
      }
    }
  };
  const look = (): Promise<OutputChange | undefined> => writing(() => keepingTheFile(seeToIt));

  const isOver = (): boolean => {
    if (rotateMs === undefined || file.size === 0) return false;
    return Math.floor(now() / rotateMs) > Math.floor(file.began / rotateMs);
  };

  const writeLines = async (lines: Uint8Array): Promise<void> => {
    let rest = lines;
    if (isOver()) await rotate();
    if (file.size === 0) file.began = now();
    while (rotateBytes !== undefined && file.isRegular && file.size + rest.length > rotateBytes) {
      const isEmpty = file.size === 0;
      const fits =
        options.keepsWhole === true
          ? Number(isEmpty) * rest.length
          : wholeLinesWithin(rest, rotateBytes - file.size, isEmpty);
      await file.write(rest.subarray(0, fits), waits);
      rest = rest.subarray(fits);
      if (rest.length === 0) return;
      await rotate();
    }
    await file.write(rest, waits);
  };

  const syncAll = async (): Promise<void> => {
    await file.sync();
    if (namesChanged && file.isRegular) await syncPath(names.folder);
    namesChanged = false;
  };

  return {
    name: path,
    lostBytes,
    write: (lines) => guardedAsync(path, () => writing(() => writeLines(lines))),
    position() {
      const mark = file.mark();
      return { part, offset: file.size, ...(mark && { mark }) };
    },
    sync: () => guardedAsync(path, () => keepingTheFile(syncAll)),
    settle: (position) => keeper.settle(position.part),
    look: () => guardedAsync(path, look),
    tend: () =>
      guardedAsync(path, async () => {
        if (isOver()) await writing(rotate);
        keeper.tend();
      }),
    hurry: () => keeper.stop(),
    async close() {
      // What was removed meanwhile could not be read any more.
      if (lifeline !== undefined) await look().catch(onTrouble);
      await writing(() => keepingTheFile(() => file.close()));
      await keeper.finish();
    },
  };
}

function guarded<T>(path: string, phase: 'open' | 'write', action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new SinkError(path, phase, error);
  }
}

async function guardedAsync<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new SinkError(path, 'write', error);
  }
}
