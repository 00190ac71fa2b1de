import type { KeyRing } from '../crypt/index.js';
import type { Source } from './block.js';
import { fileSource } from './file-source.js';
import { decodedSource } from './decoded-source.js';
import type { InputFormat } from './formats/decoder.js';
import { followSource, type FollowOptions } from './follow-source.js';
import { stdinSource } from './stdin-source.js';

/** How an input is read. */
interface SourceOptions extends FollowOptions {
  /** Longer lines and records are reported, not kept in memory. */
  readonly lineBytesMax: number;
  readonly follow: boolean;
  /** Undefined: lines of JSON, which is the only format of followed inputs. */
  readonly format?: InputFormat | undefined;
  /** With which an encrypted output may be encrypted. */
  readonly keys?: KeyRing | undefined;
}

/**
 * Opens an input of the command line: `-` is standard input, anything else a file. A new source is a file here and a line below.
 *
 * @throws SourceError when it can't be opened
 */
export function openSource(name: string, options: SourceOptions): Source {
  const { format, lineBytesMax, keys } = options;
  if (format !== undefined) return decodedSource(name, format, lineBytesMax, keys);
  if (name === '-') return stdinSource(lineBytesMax);
  return options.follow ? followSource(name, lineBytesMax, options) : fileSource(name, lineBytesMax, keys);
}
