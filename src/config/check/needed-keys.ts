import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { keyIdOfFile } from '../../crypt/index.js';
import type { PathBase } from '../load/resolve-path.js';
import type { ConfigText } from '../load/validate.js';
import { pipelinesOf } from '../plan/pipelines-of.js';
import { nodeAt } from '../source/index.js';
import { absolutePath, writtenFiles } from './output-files.js';

type ConfigFiles = Pick<ConfigText, 'document' | 'env' | 'kinds'>;

/** The files of the log, of outputs and of dead letters that are encrypted, by the id of the key that they start with. */
export function filesByKey(config: ConfigFiles, base: PathBase): ReadonlyMap<string, readonly string[]> {
  const log = absolutePath(nodeAt(config.document.root, '/storage/disk_path'), base, config.env);
  const outputs = [...pipelinesOf(config.document).keys()].flatMap((pipeline) => writtenFiles(config, base, pipeline));
  const files = [
    ...regularFilesIn(log ?? join(base.directory, 'data')).filter((path) => path.endsWith('.enc')),
    ...outputs.flatMap(({ file, template }) => (template === undefined ? withParts(file) : [])),
  ];
  const found = new Map<string, string[]>();
  for (const file of new Set(files)) {
    const id = keyIdOfFile(file);
    if (id !== undefined) found.set(id, [...(found.get(id) ?? []), file]);
  }
  return found;
}

/** An output, and what was rotated of it: files whose names begin as its does. */
function withParts(file: string): string[] {
  const stem = basename(file, extname(file));
  return regularFilesIn(dirname(file)).filter((path) => basename(path).startsWith(stem));
}

/** No pipe, which would not be opened before somebody writes to it. */
function regularFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  } catch {
    return [];
  }
}
