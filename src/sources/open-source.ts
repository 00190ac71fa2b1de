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
}

/**
 * Opens an input of the command line: `-` is standard input, anything else a file. A new source is a file here and a line below.
 *
 * @throws SourceError when it can't be opened
 */
export function openSource(name: string, options: SourceOptions): Source {
  if (options.format !== undefined) return decodedSource(name, options.format, options.lineBytesMax);
  if (name === '-') return stdinSource(options.lineBytesMax);
  return options.follow ? followSource(name, options.lineBytesMax, options) : fileSource(name, options.lineBytesMax);
}
