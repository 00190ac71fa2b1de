import type { Disk } from './disk.js';

/**
 * A disk on which no path is used while a check fails: what lies at the path may be somebody else's. What is open already stays
 * usable.
 *
 * @param check throws when the folder that the paths are in is not the one that is meant
 */
export function guardedDisk(disk: Disk, check: () => void): Disk {
  /** Looked at before, so that nothing is changed, and after, so that what was found is not taken for ours. */
  const guarded = async <T>(action: () => Promise<T>): Promise<T> => {
    check();
    const result = await action();
    check();
    return result;
  };
  return {
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
