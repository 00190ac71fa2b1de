import { statSync } from 'node:fs';
import { nodeFileSystem, packingOf, resolvePath } from '../../../files/index.js';
import { openSource, type InputFormat, type Source } from '../../../sources/index.js';
import { STREAM } from './checkpoint.js';

/** An input of this run. */
export interface GivenInput {
  readonly source: Source;
  /** The resolved path, or {@link STREAM}. */
  readonly path: string;
  /**
   * `file`: can be entered at a place; `packed`, compressed or in another format: must be read from its start, but any number of
   * times; `stream`: can be read only once, from its start.
   */
  readonly kind: 'file' | 'packed' | 'stream';
  /** Its format, if not lines of JSON: then places refer to the lines that it is converted to. */
  readonly format?: string;
  /** The inode, if the input has a path. */
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
