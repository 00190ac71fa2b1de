import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { HEADER_BYTES, isSealedFile, readHeader, SectionOpener, type KeyRing } from '../crypt/index.js';
import { BLOCK_BYTES } from './block-cutter.js';
import { EncryptedInputError } from './encrypted-input.js';
import { openForReading } from './open-file.js';
import { SourceError } from './read-error.js';
import { streamChunks } from './stream-source.js';

/** Whether a path leads to an encrypted output. A pipe or a device is not looked into. */
export function isSealedPath(path: string): boolean {
  return isSealedFile(startOf(path));
}

/** {@link isSealedPath} of an input. @throws SourceError for a file of an encrypted log, whose lines only `log cat` prints */
export function isSealedInput(path: string): boolean {
  const start = startOf(path);
  if (!isSealedFile(start)) return false;
  if (readHeader(start).header?.log !== undefined) throw new SourceError(path, 'open', new EncryptedInputError());
  return true;
}

/** Refuses a file that is encrypted, where nothing decrypts it. @throws SourceError */
export function refuseSealedPath(path: string): void {
  if (isSealedPath(path)) throw new SourceError(path, 'open', new EncryptedInputError());
}

/** The bytes in which a header would be; none of what is not a file. */
function startOf(path: string): Buffer {
  const start = Buffer.alloc(HEADER_BYTES);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return start.subarray(0, 0);
  const fd = openSync(path, 'r');
  try {
    return start.subarray(0, readSync(fd, start, 0, start.length, 0));
  } finally {
    closeSync(fd);
  }
}

export interface UnsealOptions {
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** The file, open; it is closed at the end. Default: opened by its path. */
  readonly fd?: number;
  /** How many of the file's bytes are read. Default: all. */
  readonly size?: number;
  /** Told in words, with file and place, what can't be read; reading goes on behind it. */
  readonly onDamage: (message: string) => void;
  /** Called if all is read and no end frame says that this is all. */
  readonly onOpenEnd?: () => void;
}

/**
 * Yields the lines of an encrypted output, decrypted, in chunks.
 *
 * @throws SourceError when it can't be opened; KeyError; the operating system's errors
 */
export async function* unsealed(
  path: string,
  keys: KeyRing | undefined,
  { signal = new AbortController().signal, fd, size, onDamage, onOpenEnd }: UnsealOptions,
): AsyncGenerator<Buffer, void, void> {
  const opener = new SectionOpener(keys, path, ({ fileOffset, message }) =>
    onDamage(`${path}: byte ${fileOffset}: ${message}`),
  );
  const bytes = createReadStream(path, {
    fd: fd ?? openForReading(path),
    start: 0,
    highWaterMark: BLOCK_BYTES,
    ...(size !== undefined && { end: size - 1 }),
  });
  for await (const chunk of streamChunks(bytes, signal)) yield* opener.push(chunk);
  if (signal.aborted) return;
  yield* opener.end();
  if (!opener.isEnded) onOpenEnd?.();
}

/**
 * Yields the lines of an encrypted output as an input is read: what is damaged ends it with an error, once all else is read.
 *
 * @throws SourceError when it can't be opened; KeyError; Error for damage; the operating system's errors
 */
export async function* unsealedInput(
  path: string,
  keys: KeyRing | undefined,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  const damage: string[] = [];
  let count = 0;
  const onDamage = (message: string): void => {
    count += 1;
    if (damage.length === 0) damage.push(message);
  };
  yield* unsealed(path, keys, { signal, onDamage });
  const [first] = damage;
  if (first !== undefined) throw new Error(count === 1 ? first : `${first}, and ${count - 1} more places`);
}
