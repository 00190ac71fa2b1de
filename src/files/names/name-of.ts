import { fieldsOfGroup } from './group.js';
import { fieldsIn, piecesOf } from './template.js';

/**
 * A longer text is shortened and made distinct by a hash. Parts and temporary files have longer names, and a name has at most 255
 * bytes.
 */
const VALUE_BYTES_MAX = 120;
const HASH_DIGITS = 32;

/** An escaped key never has a `%` without a hexadecimal digit behind it: this one marks what we append. */
const HASH_MARK = '%~';
const NO_KEY = '%none';
const EMPTY_KEY = '%empty';

export interface NameOptions {
  /** Whether dots in keys are escaped: dots distinguish parts of a file from other files. */
  readonly escapesDots: boolean;
  /** Whether the file system treats `Name` and `name` as one. */
  readonly foldsCase: boolean;
}

/**
 * The file of a group, relative to the template's folder. No two groups share a file, and no name leads out of the folder.
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
  // A lone surrogate has no UTF-8 bytes of its own: only the hash makes the name distinct.
  const isWhole =
    text.length <= VALUE_BYTES_MAX && Buffer.from(key).toString() === key && !(foldsCase && /[A-Z]/.test(key));
  return isWhole ? text : startOf(text) + HASH_MARK + hashOf(key);
}

/** Percent-encodes all but `A-Z a-z 0-9 _ - .`, and a dot where the file system may give it a meaning. */
function escaped(key: string, escapesDots: boolean): string {
  const text = [...Buffer.from(key)].map((byte) => SAFE[byte] ?? '').join('');
  return escapesDots ? text.replaceAll('.', DOT) : text.replace(/^\.|\.$/g, DOT);
}

const DOT = '%2E';
const SAFE = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return /[A-Za-z0-9_.-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** Shortens a name to fit, without splitting an escape. */
function startOf(text: string): string {
  const room = VALUE_BYTES_MAX - HASH_MARK.length - HASH_DIGITS;
  return text.slice(0, room).replace(/%[0-9A-F]?$/, '');
}

/** Hashes the key's UTF-16 units, which always differ between different keys. */
function hashOf(key: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex').slice(0, HASH_DIGITS);
}
