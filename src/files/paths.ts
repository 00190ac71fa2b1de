import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { hasCode, nodeFileSystem, type FileSystem } from './file-system.js';

/** The kernel gives up after this many links. */
const LINKS_MAX = 40;

/**
 * The canonical path: all paths that lead to one file resolve to the same one. Follows links, even to a file that does not exist
 * yet. In a case-insensitive folder, the name of a missing file is lowercased.
 *
 * @throws the operating system's errors, such as ELOOP
 */
export function resolvePath(path: string, fs: FileSystem = nodeFileSystem): string {
  // Not `resolve`: for `link/..` it returns the folder that holds the link, but the kernel the parent of the link's target.
  let next = isAbsolute(path) ? path : `${process.cwd()}${sep}${path}`;
  for (let links = 0; links <= LINKS_MAX; links++) {
    try {
      return fs.realPath(next);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    }
    if (dirname(next) === next) return next;
    const folder = resolvePath(dirname(next), fs);
    const name = basename(next);
    if (name === '.' || name === '..') return join(folder, name);
    const target = fs.linkTarget(join(folder, name));
    if (target === undefined) return join(folder, foldsCase(folder, fs) ? name.toLowerCase() : name);
    next = isAbsolute(target) ? target : `${folder}${sep}${target}`;
  }
  throw Object.assign(new Error(`ELOOP: too many links, resolve '${path}'`), {
    code: 'ELOOP',
    syscall: 'resolve',
    path,
  });
}

/**
 * Whether two paths lead to one file, which need not exist yet. Hard links count as one file.
 *
 * @throws the operating system's errors
 */
export function leadToSame(one: string, other: string, fs: FileSystem = nodeFileSystem): boolean {
  const [a, b] = [fs.stat(one)?.node, fs.stat(other)?.node];
  if (a !== undefined && b !== undefined) return a === b;
  return resolvePath(one, fs) === resolvePath(other, fs);
}

/**
 * A key that all paths to one file share, for comparing many paths. See {@link leadToSame}.
 *
 * @throws the operating system's errors
 */
export function fileKey(path: string, fs: FileSystem = nodeFileSystem): string {
  return fs.stat(path)?.node ?? resolvePath(path, fs);
}

/**
 * Formats a path so that it stays valid when `home` is moved: relative for a path inside `home`, unchanged otherwise.
 *
 * @param path absolute
 */
export function keptPath(path: string, home: string): string {
  const seen = relative(home, path);
  return seen === '' || isOutside(seen) ? path : seen.split(sep).join('/');
}

/** Returns the absolute path for a result of {@link keptPath}. */
export function foundPath(kept: string, home: string): string {
  return isAbsolute(kept) ? kept : join(home, kept);
}

/** Whether an absolute path lies in a folder, judged by the names alone. */
export function isWithin(path: string, folder: string): boolean {
  return !isOutside(relative(folder, path));
}

function isOutside(seen: string): boolean {
  return seen === '..' || seen.startsWith(`..${sep}`) || isAbsolute(seen);
}

/** Whether a folder treats `Name` and `name` as one. Tests the folder's own name, so that nothing has to be created. */
export function foldsCase(folder: string, fs: FileSystem = nodeFileSystem): boolean {
  const name = basename(folder);
  const swapped = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  if (swapped === name) return dirname(folder) === folder ? false : foldsCase(dirname(folder), fs);
  const [own, other] = [fs.stat(folder), fs.stat(join(dirname(folder), swapped))];
  return own?.node !== undefined && own.node === other?.node;
}
