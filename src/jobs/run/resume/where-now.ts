import { KeyError } from '../../../crypt/index.js';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasCode, nodeFileSystem } from '../../../files/index.js';
import { SourceError } from '../../../sources/index.js';
import { STREAM, type InputRecord } from './checkpoint.js';
import { givenInput } from './given-input.js';
import { judgeInput } from './judge-input.js';

/** The most files that are examined. */
const LOOKS_MAX = 50;

/**
 * Finds the file of an input that was renamed within its folder, as logrotate does: by its inode, or by its content under a name
 * that begins with its own.
 *
 * @returns the new name
 * @throws SourceError
 */
export async function whereNow(
  record: InputRecord,
  lineBytesMax: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { path, place } = record;
  if (path === STREAM || place === undefined) return undefined;
  const folder = dirname(path);
  const others = namesIn(folder).filter((name) => name !== basename(path));
  const isIt = (name: string): boolean =>
    place.file.node !== undefined && nodeFileSystem.stat(join(folder, name))?.node === place.file.node;
  const alike = others.filter((name) => !isIt(name) && name.startsWith(basename(path)));
  for (const name of [...others.filter(isIt), ...alike].slice(0, LOOKS_MAX)) {
    const file = join(folder, name);
    if (nodeFileSystem.linkTarget(file) !== undefined || nodeFileSystem.stat(file)?.kind !== 'file') continue;
    try {
      const { state, reader } = await judgeInput(givenInput(file, { lineBytesMax }), record, isIt(name), signal);
      await reader?.close();
      if (state.kind === 'good' || state.kind === 'went-on') return name;
    } catch (error) {
      // A file that can't be read is not the one.
      if (!(error instanceof SourceError || error instanceof KeyError)) throw error;
    }
  }
  return undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return [];
    throw error;
  }
}
