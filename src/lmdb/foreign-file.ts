import { closeSync, openSync, readSync } from 'node:fs';

/** From LMDB's `mdb.c`: the magic number of each meta page, after the page header. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;

/**
 * Rejects a file that is not LMDB's. LMDB maps the file into memory and trusts it, so any other content would crash the process
 * without a message.
 *
 * @throws StoreDamagedError
 */
export function refuseForeignFile(path: string): void {
  const head = Buffer.alloc(MAGIC_AT + 4);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, head, 0, head.length, 0);
    if (length === 0 || (length === head.length && head.readUInt32LE(MAGIC_AT) === MAGIC)) return;
    throw new StoreDamagedError(`${path} is damaged: it is not an LMDB database`);
  } finally {
    closeSync(file);
  }
}

/** Stored data can't be read. The message names the file. */
export class StoreDamagedError extends Error {
  override readonly name = 'StoreDamagedError';
}
