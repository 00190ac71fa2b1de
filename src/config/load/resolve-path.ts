import { isAbsolute, join, resolve } from 'node:path';

/** What a config's paths are relative to. */
export interface PathBase {
  /** The folder of the config file. */
  readonly directory: string;
  /** The user's home folder, for `~` at the start of a path. */
  readonly home: string;
}

/** Makes a config's path absolute. `~` means the home folder only at the start of a path. */
export function resolvePath({ directory, home }: PathBase, path: string): string {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return isAbsolute(path) ? path : resolve(directory, path);
}
