import { closeSync, statSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Block, Source } from './block.js';
import { BlockCutter } from './block-cutter.js';
import { fileSource } from './file-source.js';
import { openForReading } from './open-file.js';
import { SourceError } from './read-error.js';

/** How often a followed file is looked at when nothing new was in it. */
const POLL_MS = 200;

/**
 * A file that others keep writing to: read to its end, then on and on. A file cut short is read again from its start; one
 * that was renamed away is read to its end, then the new file of that name is taken up. Ends only by the signal. What is no
 * file, a named pipe or a device, is read as it comes, until it ends.
 *
 * Polls, because change notices are lost on network file systems and across renames.
 *
 * @throws SourceError when it cannot be opened
 */
export function followSource(path: string, lineBytesMax: number): Source {
  if (!isRegularFile(path)) return fileSource(path, lineBytesMax);
  return { name: path, blocks: (signal) => follow(path, lineBytesMax, signal) };
}

/** Opening a pipe would wait for its writer, so it is looked at first. */
function isRegularFile(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  closeSync(openForReading(path));
  return true;
}

async function* follow(path: string, lineBytesMax: number, signal: AbortSignal): AsyncGenerator<Block> {
  const cutter = new BlockCutter(path, lineBytesMax);
  let file = await openFirst(path);
  let position = 0;
  try {
    while (!signal.aborted) {
      const space = cutter.space();
      const { bytesRead } = await file.read(space, 0, space.length, position);
      if (bytesRead > 0) {
        position += bytesRead;
        yield* cutter.advance(bytesRead);
        continue;
      }
      const { size, ino, dev } = await file.stat();
      if (size < position) {
        // What stood unfinished at the cut is a line of its own.
        yield* cutter.end();
        position = 0;
        continue;
      }
      const now = await statIfThere(path);
      if (now !== undefined && (now.ino !== ino || now.dev !== dev)) {
        // The old file may have grown between the last read and the rename: only its end, seen now, is the end.
        if (size > position) continue;
        yield* cutter.end();
        const next = await openIfThere(path);
        if (next !== undefined) {
          await file.close();
          file = next;
          position = 0;
          continue;
        }
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    // Stopped: a line without its newline may still be in the writing, so it is not input yet.
  } catch (error) {
    throw error instanceof SourceError ? error : new SourceError(path, 'read', error);
  } finally {
    await file.close();
  }
}

async function openFirst(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new SourceError(path, 'open', error);
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch(ignoreMissing);
}

async function statIfThere(path: string): Promise<{ ino: number; dev: number } | undefined> {
  return stat(path).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
