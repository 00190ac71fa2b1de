import { basename, dirname, extname, join } from 'node:path';
import { nodeFileSystem, resolvePath } from '../files/index.js';

const PART_DIGITS = 6;
/** A day (20240131) has more digits than any part number. */
const NUMBER = '(?<number>[0-9]{6}|[1-9][0-9]{6})';
const PATTERN_DEFAULT = '{name}.{number}{ext}';
export const PACKED_SUFFIX = '.gz';

/** The names of an output's parts. */
export interface PartNames {
  readonly folder: string;
  /** @param began when the part's first line was written, milliseconds since the epoch */
  pathOf(number: number, began: number): string;
  /** Parses a file name as that of a part; undefined if no part of this output has such a name. */
  parse(file: string): { readonly number: number; readonly packed: boolean } | undefined;
}

/** The path of a part once it is compressed. */
export function packedPath(path: string): string {
  return path + PACKED_SUFFIX;
}

/**
 * Makes the names of an output's parts. The parts are in the folder of the output's file, even if a link names the output.
 *
 * @param path the output's file
 * @param pattern the name of a part, containing `{number}`; `{name}` and `{ext}` are those of the file, `{date}` and `{time}`
 *   (UTC) say when the part was started
 */
export function partNames(path: string, pattern: string = PATTERN_DEFAULT): PartNames {
  return namesBeside(fileOf(path), pattern);
}

/** Resolves the links of an output's path, even if the file does not exist yet. @throws the operating system's errors */
export function fileOf(path: string): string {
  return nodeFileSystem.linkTarget(path) === undefined ? path : resolvePath(path);
}

function namesBeside(path: string, pattern: string): PartNames {
  const ext = extname(path);
  const name = basename(path, ext);
  const folder = dirname(path) || '.';
  const matcher = new RegExp(`^${pieces(pattern).map(matching).join('')}(\\.gz)?$`);

  function matching(piece: string): string {
    switch (piece) {
      case '{name}':
        return escaped(name);
      case '{ext}':
        return escaped(ext);
      case '{number}':
        return NUMBER;
      case '{date}':
        return '[0-9]{4}-[0-9]{2}-[0-9]{2}';
      case '{time}':
        return '[0-9]{6}';
      default:
        return escaped(piece);
    }
  }

  function filled(piece: string, number: number, began: string): string {
    switch (piece) {
      case '{name}':
        return name;
      case '{ext}':
        return ext;
      case '{number}':
        return String(number).padStart(PART_DIGITS, '0');
      case '{date}':
        return began.slice(0, 10);
      case '{time}':
        return began.slice(11, 19).replaceAll(':', '');
      default:
        return piece;
    }
  }

  return {
    folder,
    pathOf(number, began) {
      const time = new Date(began).toISOString();
      return join(
        folder,
        pieces(pattern)
          .map((piece) => filled(piece, number, time))
          .join(''),
      );
    },
    parse(file) {
      const match = matcher.exec(file);
      const number = match?.groups?.['number'];
      return number === undefined ? undefined : { number: Number(number), packed: file.endsWith(PACKED_SUFFIX) };
    },
  };
}

function pieces(pattern: string): readonly string[] {
  return pattern.split(/(\{[a-z]+\})/).filter((piece) => piece !== '');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
