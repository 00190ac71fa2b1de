import { closeSync, openSync, readSync } from 'node:fs';

/** From LMDB's `mdb.c`: the number that each of its meta pages starts with, behind the page's own header. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;

/**
 * LMDB maps the file into memory and believes it: what is no database would end the process without a word.
 *
 * @throws StoreDamagedError
 */
export function refuseForeignFile(path: string): void {
  const head = Buffer.alloc(MAGIC_AT + 4);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, head, 0, head.length, 0);
    if (length === 0 || (length === head.length && head.readUInt32LE(MAGIC_AT) === MAGIC)) return;
    throw new StoreDamagedError(`${path} is damaged: it is no LMDB database`);
  } finally {
    closeSync(file);
  }
}

/** What is stored can't be read. Its message names the file. */
export class StoreDamagedError extends Error {
  override readonly name = 'StoreDamagedError';
}
