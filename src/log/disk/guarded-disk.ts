import type { Disk } from './disk.js';

/**
 * A disk that uses no path while a check fails, because the path may lead to somebody else's files. Open files stay usable.
 *
 * @param check throws if the folder is not the intended one
 */
export function guardedDisk(disk: Disk, check: () => void): Disk {
  /** Checks before the action, so that nothing is changed, and after it, so that foreign files are not taken for ours. */
  const guarded = async <T>(action: () => Promise<T>): Promise<T> => {
    check();
    const result = await action();
    check();
    return result;
  };
  return {
    keys: disk.keys,
    async open(path, mode) {
      check();
      const file = await disk.open(path, mode);
      try {
        check();
      } catch (error) {
        await file.close();
        throw error;
      }
      return file;
    },
    list: (folder) => guarded(() => disk.list(folder)),
    size: (path) => guarded(() => disk.size(path)),
    makeFolder: (path) => guarded(() => disk.makeFolder(path)),
    rename: (from, to) => guarded(() => disk.rename(from, to)),
    link: (existing, path) => guarded(() => disk.link(existing, path)),
    copy: (from, to) => guarded(() => disk.copy(from, to)),
    remove: (path) => guarded(() => disk.remove(path)),
    syncFolder: (path) => guarded(() => disk.syncFolder(path)),
  };
}
