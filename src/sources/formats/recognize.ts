/** How much of an input's start is examined. */
const HEAD_BYTES_MAX = 4096;

const COMPRESSED: readonly (readonly [string, readonly number[], string])[] = [
  ['gzip', [0x1f, 0x8b], 'gzip -dc'],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd], 'zstd -dc'],
  ['bzip2', [0x42, 0x5a, 0x68], 'bzip2 -dc'],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xz -dc'],
];

/** The hint for UTF-16 input. */
export const UTF16 = 'it is UTF-16: convert it with iconv -f UTF-16 -t UTF-8';

/**
 * Guesses what an input is whose lines are not JSON, and says what to do about it.
 *
 * @param start its first bytes, whole lines if possible
 * @returns text for people; undefined if nothing speaks against lines of JSON, or there is no good guess
 */
export function recognize(start: Buffer): string | undefined {
  const head = start.subarray(0, HEAD_BYTES_MAX);
  const compressed = COMPRESSED.find(([, magic]) => magic.every((byte, at) => head[at] === byte));
  if (compressed !== undefined) return `it is compressed with ${compressed[0]}: pipe it through ${compressed[2]}`;
  if (isUtf16(head)) return UTF16;
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text.startsWith('\u001e')) return 'its values are separated by RS characters: read it with --in json';
  const newline = text.indexOf('\n');
  // A line longer than the examined part could be anything.
  if (newline === -1 && start.length > HEAD_BYTES_MAX) return undefined;
  const line = (newline === -1 ? text : text.slice(0, newline)).trim();
  if (line === '' || isJson(line)) return undefined;
  // A line that begins and ends like a JSON value is one with a mistake in it.
  if (/^\{.*\}$/.test(line) && !/\}\s*\{/.test(line)) return undefined;
  if (/^[[{]/.test(line)) {
    return /\}\s*\{/.test(line)
      ? 'its values follow one another: read it with --in json'
      : 'its values span several lines: read it with --in json';
  }
  const columns = line.includes('\t') ? 'tsv' : /^[^{}[\]]+(?:,[^{}[\]]*)+$/.test(line) ? 'csv' : undefined;
  if (columns !== undefined) return `it looks like ${columns.toUpperCase()}: read it with --in ${columns}`;
  return 'its lines are not JSON: if they are plain text, read it with --in text';
}

/** The separators of other formats, by the format that was used. */
const SEPARATORS: Readonly<Record<string, RegExp>> = { csv: /[\t;]/, tsv: /,/ };

/**
 * Says what to do about rows whose header is one field that looks like several.
 *
 * @param format the format they were read in
 * @param row the first row, as a line of JSON
 * @returns text for people; undefined if nothing speaks against the format
 */
export function recognizeColumns(format: string, row: string): string | undefined {
  const separators = SEPARATORS[format];
  if (separators === undefined) return undefined;
  const [only = '', ...more] = namesIn(row);
  if (more.length > 0) return undefined;
  const other = separators.exec(only)?.[0];
  if (other === undefined) return undefined;
  if (other !== ';') return `its header is one column: read it with --in ${other === ',' ? 'csv' : 'tsv'}`;
  return `its header is one column: if ; separates columns, read it with --in text -e 'csv.parse($input, ";")', each row a list`;
}

function namesIn(row: string): readonly string[] {
  try {
    return Object.keys(JSON.parse(row) as object);
  } catch {
    return [];
  }
}

/** Whether bytes begin like UTF-16: with a byte order mark, or with every other byte zero. */
export function isUtf16(head: Buffer): boolean {
  const mark = head.length >= 2 ? head.readUInt16BE(0) : 0;
  return (
    mark === 0xfeff ||
    mark === 0xfffe ||
    (head.length >= 4 && ((head[0] === 0 && head[2] === 0) || (head[1] === 0 && head[3] === 0)))
  );
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
