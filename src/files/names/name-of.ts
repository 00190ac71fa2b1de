import { fieldsOfGroup } from './group.js';
import { fieldsIn, piecesOf } from './template.js';

/** A longer one is cut, and told from others by its hash. Parts and temporary files have longer names, and 255 bytes are all. */
const VALUE_BYTES_MAX = 120;
const HASH_DIGITS = 32;

/** `%` before what is no hexadecimal digit never comes of a key: it marks what we add. */
const HASH_MARK = '%~';
const NO_KEY = '%none';
const EMPTY_KEY = '%empty';

export interface NameOptions {
  /** Dots in keys are escaped: parts of a file are told from other files by their dots. */
  readonly escapesDots: boolean;
  /** The file system takes `Name` and `name` for one. */
  readonly foldsCase: boolean;
}

/**
 * The file of a group, below the folder of the template. No two groups have the same one, and none leads out of the folder.
 *
 * @param names see `NameTemplate`
 */
export function nameOf(names: string, group: string, options: NameOptions): string {
  const { date, key } = fieldsOfGroup(fieldsIn(names), group);
  return piecesOf(names)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      return piece.field === 'date' ? date : textOfKey(key, options);
    })
    .join('');
}

function textOfKey(key: string | undefined, { escapesDots, foldsCase }: NameOptions): string {
  if (key === undefined) return NO_KEY;
  if (key === '') return EMPTY_KEY;
  const text = escaped(key, escapesDots);
  // A lone surrogate has no bytes of its own: only the hash tells it from others.
  const isWhole =
    text.length <= VALUE_BYTES_MAX && Buffer.from(key).toString() === key && !(foldsCase && /[A-Z]/.test(key));
  return isWhole ? text : startOf(text) + HASH_MARK + hashOf(key);
}

/** Percent-encoding with all but `A-Z a-z 0-9 _ - .` encoded, and a dot where the file system may take it for something else. */
function escaped(key: string, escapesDots: boolean): string {
  const text = [...Buffer.from(key)].map((byte) => SAFE[byte] ?? '').join('');
  return escapesDots ? text.replaceAll('.', DOT) : text.replace(/^\.|\.$/g, DOT);
}

const DOT = '%2E';
const SAFE = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return /[A-Za-z0-9_.-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** As much of a name as there is room for, and no part of an escape. */
function startOf(text: string): string {
  const room = VALUE_BYTES_MAX - HASH_MARK.length - HASH_DIGITS;
  return text.slice(0, room).replace(/%[0-9A-F]?$/, '');
}

/** Of the key's UTF-16 units: of these two different keys always have different ones. */
function hashOf(key: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex').slice(0, HASH_DIGITS);
}
