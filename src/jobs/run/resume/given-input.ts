import { statSync } from 'node:fs';
import { nodeFileSystem, packingOf, resolvePath } from '../../../files/index.js';
import { isSealedPath, openSource, type Source } from '../../../sources/index.js';
import type { RunPlan } from '../plan.js';
import { STREAM } from './checkpoint.js';

/** An input of this run. */
export interface GivenInput {
  readonly source: Source;
  /** The resolved path, or {@link STREAM}. */
  readonly path: string;
  /**
   * `file`: can be entered at a place; `packed`, compressed, encrypted or in another format: must be read from its start, but any number of
   * times; `stream`: can be read only once, from its start.
   */
  readonly kind: 'file' | 'packed' | 'stream';
  /** Its format, if not lines of JSON: then places refer to the lines that it is converted to. */
  readonly format?: string;
  /** The inode, if the input has a path. */
  readonly node?: string;
}

/** @throws SourceError */
export function givenInput(
  name: string,
  { lineBytesMax, format, keys }: Pick<Parameters<typeof openSource>[1], 'lineBytesMax' | 'format' | 'keys'>,
): GivenInput {
  const source = openSource(name, { lineBytesMax, follow: false, format, keys });
  const shared = { source, ...(format && { format: format.name }) };
  if (name === '-' || !statSync(name).isFile()) return { ...shared, path: STREAM, kind: 'stream' };
  const node = nodeFileSystem.stat(name)?.node;
  const isMade = packingOf(name) !== undefined || format !== undefined || isSealedPath(name);
  const kind = isMade ? 'packed' : 'file';
  return { ...shared, path: resolvePath(name), kind, ...(node !== undefined && { node }) };
}

/** The inputs of a run's plan. */
export function givenInputs({ inputs, block, formats, keys }: RunPlan): readonly GivenInput[] {
  return inputs.map((name) => givenInput(name, { lineBytesMax: block.lineBytesMax, format: formats.get(name), keys }));
}
