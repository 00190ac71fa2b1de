import { Manifest, nodeFileSystem } from '../../../files/index.js';
import { partsState } from '../../../sinks/index.js';
import type { Target } from './targets.js';

/** Whether anything is in an output, or in files that were set aside of it. @throws the operating system's errors */
export function hasContent({ path, keeping: { stateFolder, pattern } }: Target['plan']): boolean {
  const stats = nodeFileSystem.stat(path);
  if (stats?.kind === 'file' && stats.size > 0) return true;
  if (stateFolder === undefined) return false;
  const { hasOwn, changed } = partsState(path, Manifest.read(stateFolder, path), pattern);
  return hasOwn || changed.length > 0;
}
