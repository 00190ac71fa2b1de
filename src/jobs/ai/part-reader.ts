import { closeSync, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { ReadPart } from '../../ai/index.js';

/** No provider accepts a larger file. */
const FILE_BYTES_MAX = 20 * 1024 * 1024;

/**
 * Reads the files that messages name. Because the names come from data, only files in or below the config's folder are read.
 *
 * @param directory absolute
 */
export function partReader(directory: string): ReadPart {
  return (path) => {
    try {
      const named = resolve(directory, path);
      const file = isBelow(named, directory) ? realpathSync(named) : undefined;
      // The target of a link must be below the folder, too.
      if (file === undefined || !isBelow(file, realpathSync(directory)))
        return { problem: `${path} is not below ${directory}` };
      return { data: readWhole(file).toString('base64') };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  };
}

function isBelow(file: string, directory: string): boolean {
  const way = relative(directory, file);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

/** @throws Error */
function readWhole(file: string): Buffer {
  const fd = openSync(file, 'r');
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error(`${file} is not a file`);
    if (stat.size > FILE_BYTES_MAX) throw new Error(`${file} is larger than ${FILE_BYTES_MAX / 1024 / 1024} MiB`);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
