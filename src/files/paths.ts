import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { hasCode, nodeFileSystem, type FileSystem } from './file-system.js';

/** Links that lead to links: the kernel gives up after as many. */
const LINKS_MAX = 40;

/**
 * Where a path leads, as the one path that everything that leads there has: links are followed, also one to a file that is
 * not there yet. In a folder that does not tell upper from lower case, the name of a file that is not there is in lower case.
 *
 * @throws the operating system's errors, for one ELOOP
 */
export function resolvePath(path: string, fs: FileSystem = nodeFileSystem): string {
  // Not `resolve`: it would take `link/..` for the folder that holds the link, and the kernel takes the one that it leads to.
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
 * Whether two paths lead to one file, which may not be there yet. Hard links of one file are one file.
 *
 * @throws the operating system's errors
 */
export function leadToSame(one: string, other: string, fs: FileSystem = nodeFileSystem): boolean {
  const [a, b] = [fs.stat(one)?.node, fs.stat(other)?.node];
  if (a !== undefined && b !== undefined) return a === b;
  return resolvePath(one, fs) === resolvePath(other, fs);
}

/**
 * What all paths have in common that lead to one file, for whoever compares many. See {@link leadToSame}.
 *
 * @throws the operating system's errors
 */
export function fileKey(path: string, fs: FileSystem = nodeFileSystem): string {
  return fs.stat(path)?.node ?? resolvePath(path, fs);
}

/**
 * How a path is kept so that it is still right when the folder that holds both is moved: what lies in `home` as seen from there,
 * anything else as it is.
 *
 * @param path absolute
 */
export function keptPath(path: string, home: string): string {
  const seen = relative(home, path);
  return seen === '' || isOutside(seen) ? path : seen.split(sep).join('/');
}

/** The absolute path that {@link keptPath} has kept. */
export function foundPath(kept: string, home: string): string {
  return isAbsolute(kept) ? kept : join(home, kept);
}

/** Whether an absolute path lies in a folder, going by the names alone. */
export function isWithin(path: string, folder: string): boolean {
  return !isOutside(relative(folder, path));
}

function isOutside(seen: string): boolean {
  return seen === '..' || seen.startsWith(`..${sep}`) || isAbsolute(seen);
}

/** Whether a folder takes `Name` and `name` for one: asked of its own name, so that nothing has to be made. */
function foldsCase(folder: string, fs: FileSystem): boolean {
  const name = basename(folder);
  const swapped = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  if (swapped === name) return dirname(folder) === folder ? false : foldsCase(dirname(folder), fs);
  const [own, other] = [fs.stat(folder), fs.stat(join(dirname(folder), swapped))];
  return own?.node !== undefined && own.node === other?.node;
}
