import { closeSync, fstatSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { SinkError, type Sink } from './sink.js';
import { writeFully } from './write-fully.js';

const NEWLINE = 0x0a;
const PART_DIGITS = 6;

export interface FileSinkOptions {
  /** Start anew, or go on at the end of what is there. */
  readonly mode: 'truncate' | 'append';
  /** A file that reached this size is set aside as `name.000001.ext`, `name.000002.ext`, … A line is never split. */
  readonly rotateBytes?: number;
}

/**
 * A file of lines. With `rotateBytes` the newest lines are always in `path`, the older ones in numbered parts beside it;
 * parts in order, then `path`, are the whole output. `truncate` removes the parts of an earlier output too.
 *
 * @throws SinkError when it cannot be opened
 */
export function fileSink(path: string, options: FileSinkOptions): Sink {
  const flags = options.mode === 'truncate' ? 'w' : 'a';
  let fd = guarded(path, 'open', () => openSync(path, flags));
  let size = guarded(path, 'open', () => fstatSync(fd).size);
  let part = 0;
  const { rotateBytes } = options;
  if (rotateBytes !== undefined) {
    const parts = partsOf(path);
    if (options.mode === 'truncate') for (const old of parts) guarded(path, 'open', () => rmSync(old.path));
    else part = parts.at(-1)?.number ?? 0;
  }

  const rotate = (): void => {
    closeSync(fd);
    part += 1;
    renameSync(path, partPath(path, part));
    fd = openSync(path, 'w');
    size = 0;
  };

  return {
    name: path,
    async write(lines) {
      try {
        let rest = lines;
        while (rotateBytes !== undefined && size + rest.length > rotateBytes) {
          const fits = wholeLinesWithin(rest, rotateBytes - size, size === 0);
          await writeFully(fd, rest.subarray(0, fits));
          rest = rest.subarray(fits);
          if (rest.length === 0) {
            size += fits;
            return;
          }
          rotate();
        }
        await writeFully(fd, rest);
        size += rest.length;
      } catch (error) {
        throw new SinkError(path, 'write', error);
      }
    },
    close() {
      closeSync(fd);
      return Promise.resolve();
    },
  };
}

/** How many bytes of whole lines fit into `room`; at least one line when the file is empty, however long it is. */
function wholeLinesWithin(lines: Uint8Array, room: number, fileIsEmpty: boolean): number {
  const last = room > 0 ? lines.lastIndexOf(NEWLINE, room - 1) : -1;
  if (last >= 0 || !fileIsEmpty) return last + 1;
  const first = lines.indexOf(NEWLINE);
  return first === -1 ? lines.length : first + 1;
}

function partPath(path: string, number: number): string {
  const extension = extname(path);
  const stem = basename(path, extension);
  return join(dirname(path), `${stem}.${String(number).padStart(PART_DIGITS, '0')}${extension}`);
}

function partsOf(path: string): { readonly number: number; readonly path: string }[] {
  const extension = extname(path);
  const stem = `${basename(path, extension)}.`;
  return readdirSync(dirname(path) || '.')
    .filter((name) => name.startsWith(stem) && name.endsWith(extension))
    .map((name) => name.slice(stem.length, name.length - extension.length))
    .filter((digits) => digits.length >= PART_DIGITS && /^[0-9]+$/.test(digits))
    .map((digits) => ({ number: Number(digits), path: partPath(path, Number(digits)) }))
    .sort((a, b) => a.number - b.number);
}

function guarded<T>(path: string, phase: 'open' | 'write', action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new SinkError(path, phase, error);
  }
}
