import { Manifest, nodeFileSystem } from '../../../files/index.js';
import { filesOfTemplate } from '../../../files/names/index.js';
import { partsState } from '../../../sinks/index.js';
import type { Target } from './targets.js';

/** Whether an output, or any of its rotated files, has content. @throws the operating system's errors */
export function hasContent({ path, keyed, keeping: { stateFolder, pattern } }: Target['plan']): boolean {
  if (keyed !== undefined) {
    for (const file of filesOfTemplate(keyed)) if ((nodeFileSystem.stat(file)?.size ?? 0) > 0) return true;
    return false;
  }
  const stats = nodeFileSystem.stat(path);
  if (stats?.kind === 'file' && stats.size > 0) return true;
  if (stateFolder === undefined) return false;
  const { hasOwn, changed } = partsState(path, Manifest.read(stateFolder, path), pattern);
  return hasOwn || changed.length > 0;
}
