import { closeSync, createReadStream, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SectionOpener, SectionRekeyer, type KeyRing } from '../crypt/index.js';
import { fingerprintBefore, identify, nodeFileSystem } from '../files/index.js';
import type { FilePosition } from './file-position.js';
import { syncPath } from './pack-part.js';
import { writeFileFully } from './write-fully.js';

/** What became of an encrypted file. */
export type RekeyedFile =
  /** All of it was encrypted with the current key. */
  | { readonly kind: 'current' }
  | {
      readonly kind: 'rekeyed';
      readonly former: string | undefined;
      readonly moved: (position: FilePosition) => FilePosition;
    }
  /** It stays as it is. */
  | { readonly kind: 'damaged'; readonly message: string };

/**
 * Encrypts an encrypted output anew with the current key. All offsets in it stay what they are. After a crash, the file is there in
 * its former form or its new one. Nobody may write to it meanwhile.
 *
 * @param onReplace is told of the former file's device and inode, before that is replaced
 * @returns how to make a position in it one of the new file
 * @throws KeyError; the operating system's errors
 */
export async function rekeyFile(
  path: string,
  keys: KeyRing,
  onReplace: (former: string) => void = () => undefined,
): Promise<RekeyedFile> {
  const damage: string[] = [];
  const isCurrent = await isOfOneKey(path, keys, damage);
  if (damage.length === 0 && isCurrent) return { kind: 'current' };
  const [first] = damage;
  if (first !== undefined) return { kind: 'damaged', message: `${path}: ${first}` };
  const former = nodeFileSystem.stat(path)?.node;
  const temporary = join(dirname(path), `.${basename(path)}.rekey`);
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, 'wx+', statSync(path).mode & 0o777);
  try {
    const rekeyer = new SectionRekeyer(keys, path, ({ message }) => damage.push(message));
    for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) writeFileFully(fd, rekeyer.push(bytes));
    writeFileFully(fd, rekeyer.push(undefined));
    await syncPath(temporary);
    if (former !== undefined) onReplace(former);
    renameSync(temporary, path);
    await syncPath(dirname(path));
  } finally {
    rmSync(temporary, { force: true });
    closeSync(fd);
  }
  return { kind: 'rekeyed', former, moved: (position) => movedTo(path, position) };
}

async function isOfOneKey(path: string, keys: KeyRing, damage: string[]): Promise<boolean> {
  let isCurrent = true;
  const opener = new SectionOpener(
    keys,
    path,
    ({ fileOffset, message }) => damage.push(`byte ${fileOffset}: ${message}`),
    (piece) => {
      if (piece.kind === 'header' && piece.keyId !== keys.currentId) isCurrent = false;
    },
  );
  for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) opener.push(bytes);
  opener.end();
  return isCurrent;
}

/** Makes a position in a former file one of the file that took its place. @throws the operating system's errors */
export function movedTo(path: string, position: FilePosition): FilePosition {
  if (position.mark === undefined) return position;
  const fd = openSync(path, 'r');
  try {
    const before = fingerprintBefore(nodeFileSystem, fd, position.offset);
    return { ...position, mark: { file: identify(fd, nodeFileSystem), before } };
  } finally {
    closeSync(fd);
  }
}
