import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nodeFileSystem } from './file-system.js';
import { isWithin, resolvePath } from './paths.js';

/**
 * Whether a path leads to a file in a folder or below it: by its name, through links, or as a hard link to a file
 * there.
 *
 * @param counts which names of files there count; default: all
 * @throws the operating system's errors
 */
export function leadsInto(path: string, folder: string, counts: (name: string) => boolean = () => true): boolean {
  const there = nodeFileSystem.stat(path);
  if (there?.kind === 'other') return false;
  const root = resolvePath(folder);
  const real = resolvePath(path);
  if (isWithin(real, root) && counts(basename(real))) return true;
  // Most files have one name, and then there is nothing to search.
  if (there === undefined || there.links < 2 || nodeFileSystem.stat(root)?.kind !== 'folder') return false;
  return readdirSync(root, { recursive: true, withFileTypes: true }).some(
    (entry) =>
      entry.isFile() &&
      counts(entry.name) &&
      nodeFileSystem.stat(join(entry.parentPath, entry.name))?.node === there.node,
  );
}
