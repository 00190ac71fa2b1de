import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, basename } from 'node:path';
import { describeFile, Manifest, nodeFileSystem } from '../files/index.js';
import { truncateOutput } from './truncate-output.js';
import type { FileHold } from './file-hold.js';
import type { FileSink, FileSinkOptions, OutputChange } from './file-sink-options.js';
import { oneAtATime } from './one-at-a-time.js';
import { syncPath } from './pack-part.js';
import { PartKeeper } from './part-keeper.js';
import { fileOf, partNames } from './part-names.js';
import { OutputParts } from './parts.js';
import { restoreFile } from './restore-file.js';
import { SinkError } from './sink.js';
import { wholeLinesWithin } from './whole-lines-within.js';
import { WrittenFile } from './written-file.js';

/** If a file is removed this often while it is being written again, the writer's next attempt retries. */
const RESTORE_ATTEMPTS_MAX = 5;

/**
 * Opens a file of lines. With rotation, the newest lines are always in `path`, the older ones in numbered parts beside it; the
 * parts in order, then `path`, are the whole output. `truncate` also removes the parts of an earlier output. Only parts in this
 * output's manifest are ever renamed, packed, truncated or removed.
 *
 * @throws SinkError when it can't be opened
 */
export function fileSink(path: string, options: FileSinkOptions): FileSink {
  const { mode, rotateBytes, rotateMs, retentionMs, stateFolder, gzip = false, now = Date.now } = options;
  const { waits = false, lifeline, permissions, head, keys, onTrouble = () => undefined } = options;
  const rotates = rotateBytes !== undefined || rotateMs !== undefined;
  const target = guarded(path, 'open', () => fileOf(path));
  const names = guarded(path, 'open', () => partNames(path, options.pattern));
  const manifest = guarded(path, 'open', openManifest);
  const parts = new OutputParts(names, manifest);
  const keeper = new PartKeeper({ parts, gzip, retentionMs, now, onTrouble });

  const { lostBytes, part: firstPart } = guarded(path, 'open', prepare);
  let part = firstPart;
  let file = guarded(path, 'open', () => openFile(mode === 'truncate'));
  lifeline?.release();
  let namesChanged = true;
  settleOwn();

  function openManifest(): Manifest {
    const keepsParts = rotates || gzip || retentionMs !== undefined || lifeline !== undefined;
    const isNeeded = keepsParts || mode === 'truncate' || typeof mode === 'object';
    return stateFolder === undefined || !isNeeded ? Manifest.inMemory() : Manifest.read(stateFolder, target);
  }

  function openFile(empty: boolean): WrittenFile {
    const readable = lifeline !== undefined;
    const opened = WrittenFile.open(target, { empty, mode: permissions, readable, now, keys });
    if (rotates) manifest.begin(opened.node);
    return opened;
  }

  function settleOwn(): void {
    if (options.checkpointed !== true) keeper.settle(part);
  }

  /** Brings an earlier output into the state that `mode` requires. */
  function prepare(): { readonly lostBytes: number; readonly part: number } {
    const isSpecial = statSync(target, { throwIfNoEntry: false })?.isFile() === false;
    if (isSpecial) return { lostBytes: 0, part: 1 };
    parts.clear();
    if (typeof mode === 'object' && 'truncateTo' in mode) return truncateOutput(target, parts, mode);
    if (typeof mode === 'object') {
      return { lostBytes: 0, part: rotates ? parts.nextNumber(mode.behind.part) : mode.behind.part };
    }
    if (mode === 'truncate') for (const old of parts.list()) parts.remove(old);
    if (!rotates) return { lostBytes: 0, part: 1 };
    return { lostBytes: 0, part: parts.nextNumber() };
  }

  // A sync runs concurrently with writes, but the descriptor must not change meanwhile.
  const keepingTheFile = oneAtATime();
  const writing = oneAtATime();

  /** Continues in the file that has the output's name now, or in a new one. */
  const continueInPart = async (next: number, opened = openFile(false)): Promise<void> => {
    try {
      await options.hold?.moveTo(opened.node);
    } catch (error) {
      opened.close();
      throw error;
    }
    const former = file;
    file = opened;
    former.close();
    part = next;
    namesChanged = true;
    settleOwn();
  };

  const openAnew = (): WrittenFile => {
    mkdirSync(dirname(target), { recursive: true });
    return openFile(false);
  };

  /** Continues in a new file that has the removed file's content. */
  const continueInRestored = async (content: () => Iterable<Uint8Array>): Promise<void> => {
    const { size, began } = file;
    for (let attempt = 1; ; attempt++) {
      await restoreFile(target, content(), () => parts.temporary(basename(target)), permissions);
      const opened = openAnew();
      // Retries if somebody removes the file again at this moment.
      if (opened.size >= size) {
        await continueInPart(part, opened);
        file.began = began;
        return;
      }
      opened.close();
      if (attempt === RESTORE_ATTEMPTS_MAX) throw new Error('it is removed again and again');
    }
  };

  const setAside = async (): Promise<void> => {
    await file.finish(waits);
    if (options.checkpointed === true) await file.sync();
    // A file that somebody has moved away belongs to them now, and so does the file that they put in its place.
    if (nodeFileSystem.stat(target)?.node === file.node) {
      part = parts.freeNumber(part, file.began);
      const finished = names.pathOf(part, file.began);
      await manifest.add(describeFile(target, { number: part, packed: false, name: basename(finished) }));
      renameSync(target, finished);
    }
    await continueInPart(part + 1);
  };
  const rotate = (): Promise<void> => keepingTheFile(setAside);

  const seeToIt = async (): Promise<OutputChange | undefined> => {
    const kind = file.standing();
    const { size } = file;
    switch (kind) {
      case 'same':
        return undefined;
      case 'cut':
      case 'grown':
        // A truncated file may grow past old positions again; the new number distinguishes old from new ones.
        if (kind === 'cut') part = parts.nextNumber(part + 1);
        return { kind, bytes: Math.abs(file.measure()), isRestored: false };
      case 'renamed':
      case 'replaced':
        if (!file.isResting) await file.sync();
        await continueInPart(parts.nextNumber(part + 1), openAnew());
        return { kind, bytes: size, isRestored: false };
      case 'removed': {
        const isRestored = size === 0 || file.isReadable;
        if (isRestored && size > 0) await continueInRestored(() => file.content() ?? []);
        else await continueInPart(parts.nextNumber(part + 1), openAnew());
        return { kind, bytes: size, isRestored };
      }
    }
  };
  const look = async (): Promise<OutputChange | undefined> => {
    // Usually nothing happened, and nothing needs to wait.
    return file.standing() === 'same' ? undefined : await writing(() => keepingTheFile(seeToIt));
  };

  /** Whether no line has been written to the file. */
  const isBare = (): boolean => file.size <= file.bareSize(head?.bytes.length ?? 0);

  const isOver = (): boolean => {
    if (rotateMs === undefined || isBare()) return false;
    return Math.floor(now() / rotateMs) > Math.floor(file.began / rotateMs);
  };

  /** Needed because a device or a pipe never has a size. */
  let isBegun = false;
  const begin = async (): Promise<void> => {
    if (head === undefined || file.size > 0 || (isBegun && !file.isRegular)) return;
    await file.write(head.bytes, waits);
    isBegun = true;
  };

  const writeLines = async (lines: Uint8Array): Promise<void> => {
    let rest = lines;
    if (isOver()) await rotate();
    if (isBare()) file.began = now();
    await begin();
    while (rotateBytes !== undefined && file.isRegular && file.sizeWith(rest.length) > rotateBytes) {
      const isEmpty = isBare();
      const fits =
        options.keepsWhole === true
          ? Number(isEmpty) * rest.length
          : wholeLinesWithin(rest, rotateBytes - file.sizeWith(0), isEmpty, head?.breaksRows);
      await file.write(rest.subarray(0, fits), waits);
      rest = rest.subarray(fits);
      if (rest.length === 0) return;
      await rotate();
      await begin();
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
    node: () => file.node,
    standing: () => guarded(path, 'write', () => file.standing()),
    write: (lines) => guardedAsync(path, () => writing(() => writeLines(lines))),
    position() {
      const mark = file.mark();
      return { part, offset: file.size, ...(mark && { mark }) };
    },
    sync: () => guardedAsync(path, () => keepingTheFile(syncAll)),
    settle: (position) => keeper.settle(position.part),
    checkPlace: () => guardedAsync(path, look),
    tend: () =>
      guardedAsync(path, async () => {
        const isNew = isOver();
        if (isNew) await writing(rotate);
        keeper.tend();
        return isNew;
      }),
    hurry: () => keeper.stop(),
    isResting: () => file.isResting,
    rest: () => writing(() => keepingTheFile(() => file.rest())),
    async close() {
      // Content that was removed meanwhile could not be read any more.
      if (lifeline !== undefined) await look().catch(onTrouble);
      await writing(() =>
        keepingTheFile(async () => {
          try {
            // The end of a checkpointed output is its checkpoint.
            if (options.checkpointed !== true) await file.finish(waits);
          } finally {
            if (lifeline !== undefined && file.isReadable) lifeline.hold(file.handOver());
            else file.close();
          }
        }),
      );
      await keeper.finish();
    },
  };
}

/**
 * A {@link fileSink} for a file that no other process of this machine may write to.
 *
 * @param open creates the sink; nothing is written before
 * @throws SinkError when it can't be opened, or another process writes to it
 */
export async function heldFileSink(
  path: string,
  options: FileSinkOptions & { readonly hold: FileHold },
  open = fileSink,
): Promise<FileSink> {
  const { hold, permissions } = options;
  await hold.make(permissions);
  const sink = open(path, options);
  try {
    // A truncated output continues in an older file.
    await hold.moveTo(sink.node());
    return sink;
  } catch (error) {
    await sink.close();
    throw new SinkError(path, 'open', error);
  }
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
