import { statSync } from 'node:fs';
import { nodeFileSystem, packingOf, resolvePath } from '../../../files/index.js';
import { openSource, type Source } from '../../../sources/index.js';
import { STREAM } from './checkpoint.js';

/** An input of this run. */
export interface GivenInput {
  readonly source: Source;
  /** What it leads to, or {@link STREAM}. */
  readonly path: string;
  /**
   * `file`: entered at a place; `packed`: read from its start, and as often as need be; `stream`: read from its start, once.
   */
  readonly kind: 'file' | 'packed' | 'stream';
  /** The inode of what has a path. */
  readonly node?: string;
}

/** @throws SourceError */
export function givenInput(name: string, lineBytesMax: number): GivenInput {
  const source = openSource(name, { lineBytesMax, follow: false });
  if (name === '-' || !statSync(name).isFile()) return { source, path: STREAM, kind: 'stream' };
  const node = nodeFileSystem.stat(name)?.node;
  const kind = packingOf(name) !== undefined ? 'packed' : 'file';
  return { source, path: resolvePath(name), kind, ...(node !== undefined && { node }) };
}
