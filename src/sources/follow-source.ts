import { closeSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Block, Source } from './block.js';
import { BlockCutter } from './block-cutter.js';
import { fileSource } from './file-source.js';
import { FollowedFile } from './followed-file.js';
import { openForReading } from './open-file.js';
import { SourceError } from './read-error.js';
import { isSealedPath } from './unsealed.js';

/** How often a followed file is checked when it has nothing new. */
const POLL_MS = 200;

/** How long a renamed or removed file must be quiet: its writer may not have switched to the new file yet. */
const QUIET_MS = 2000;
/** A file that is never quiet is abandoned after this long, which is reported. */
const LEAVE_MS = 60_000;

/** How long a last line waits for its newline. A watched folder waits as long, unless its config says otherwise. */
const UNFINISHED_LINE_MS = 30_000;

export interface FollowOptions {
  /** Reports anything unusual to people. */
  readonly onNotice?: (message: string) => void;
  /** A steady clock, in milliseconds. */
  readonly now?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Reads a file that others keep writing to: to its end, then whatever is added. The file is identified by the content that was
 * read. A truncated file is read again from its start, whatever was written to it since. A renamed or removed file is read until
 * nothing has been added for two seconds; then the new file with that name is read, once there is one: from the same position if
 * it has the same content, else from its start. A last line waits for its newline; after a while it counts as complete without
 * one. Only the signal ends this. A named pipe or a device is read until it ends.
 *
 * Polls, because change notices are lost on network file systems and across renames.
 *
 * @throws SourceError when it can't be opened
 */
export function followSource(path: string, lineBytesMax: number, options: FollowOptions = {}): Source {
  if (!isRegularFile(path)) return fileSource(path, lineBytesMax);
  if (isSealedPath(path)) {
    throw new SourceError(path, 'open', new Error('it is encrypted, and can be read, but not followed'));
  }
  return { name: path, blocks: (signal) => follow(path, lineBytesMax, signal, options) };
}

/** Checks first, because opening a pipe would wait for its writer. */
function isRegularFile(path: string): boolean {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  } catch (error) {
    throw new SourceError(path, 'open', error);
  }
  closeSync(openForReading(path));
  return true;
}

async function* follow(
  path: string,
  lineBytesMax: number,
  signal: AbortSignal,
  { onNotice = () => undefined, now = upMs, wait = waited }: FollowOptions,
): AsyncGenerator<Block> {
  const cutter = new BlockCutter(path, lineBytesMax);
  let file = FollowedFile.open(path);
  let grewAt = now();
  /** The time since which another file has had the name. */
  let lostNameAt: number | undefined;
  try {
    while (!signal.aborted) {
      const bytesRead = await file.read(cutter.space());
      if (bytesRead === 'cut') {
        // An unfinished line before the truncation is a line of its own.
        yield* cutter.end();
        file.rewind();
        continue;
      }
      if (bytesRead > 0) {
        grewAt = now();
        yield* cutter.advance(bytesRead);
        if (lostNameAt === undefined || now() - lostNameAt < LEAVE_MS) continue;
      }
      if (file.hasLostItsName()) {
        lostNameAt ??= now();
        const isQuiet = now() - Math.max(grewAt, lostNameAt) >= QUIET_MS;
        const isOverdue = now() - lostNameAt >= LEAVE_MS;
        const next = isQuiet || isOverdue ? file.successor(isQuiet) : undefined;
        if (next !== undefined) {
          if (!isQuiet) onNotice(`${path}: the previous file is still being written to; new lines in it are not read`);
          if (!next.isSameContent) yield* cutter.end();
          file.close();
          file = next.file;
          lostNameAt = undefined;
          continue;
        }
      } else lostNameAt = undefined;
      if (cutter.isWithinLine && now() - grewAt >= UNFINISHED_LINE_MS) {
        const seconds = UNFINISHED_LINE_MS / 1000;
        onNotice(`${path}: the last line has had no newline for ${seconds} s and is treated as complete`);
        yield* cutter.endLine();
      }
      await wait(POLL_MS, signal);
    }
    // Stopped: a line without its newline may be unfinished, so it does not count as input yet.
  } catch (error) {
    throw error instanceof SourceError ? error : new SourceError(path, 'read', error);
  } finally {
    file.close();
  }
}

/** Milliseconds since the process started. Avoids `performance`, which would have to be loaded first. */
function upMs(): number {
  return process.uptime() * 1000;
}

async function waited(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
