import { statSync } from 'node:fs';
import { nodeFileSystem, packingOf, resolvePath } from '../../../files/index.js';
import { openSource, type InputFormat, type Source } from '../../../sources/index.js';
import { STREAM } from './checkpoint.js';

/** An input of this run. */
export interface GivenInput {
  readonly source: Source;
  /** What it leads to, or {@link STREAM}. */
  readonly path: string;
  /**
   * `file`: entered at a place; `packed`, or of another format: read from its start, and as often as need be; `stream`: read from
   * its start, once.
   */
  readonly kind: 'file' | 'packed' | 'stream';
  /** Its format, where that is not lines of JSON: its places are among the lines that are made of it. */
  readonly format?: string;
  /** The inode of what has a path. */
  readonly node?: string;
}

/** @throws SourceError */
export function givenInput(name: string, lineBytesMax: number, format?: InputFormat): GivenInput {
  const source = openSource(name, { lineBytesMax, follow: false, format });
  const shared = { source, ...(format && { format: format.name }) };
  if (name === '-' || !statSync(name).isFile()) return { ...shared, path: STREAM, kind: 'stream' };
  const node = nodeFileSystem.stat(name)?.node;
  const kind = packingOf(name) !== undefined || format !== undefined ? 'packed' : 'file';
  return { ...shared, path: resolvePath(name), kind, ...(node !== undefined && { node }) };
}
