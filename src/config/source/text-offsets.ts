import type { SourceSpan } from './node.js';

/** A piece of written text: what it stands for, and how many characters it takes. */
interface Piece {
  readonly means: string;
  readonly length: number;
}

/** Escapes of JSON and YAML that consist of one character. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '0': '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b' },
  ...{ ' ': ' ', '"': '"', '/': '/', '\\': '\\', N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029' },
};
const CODE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Locates each character of a text that was read from a JSON string, or from a YAML scalar of any style: quoted, plain, block or
 * folded. Characters that result from folding or indentation are located at the white space there.
 *
 * @param span the span of the string as written, including its quotes or its `|`
 * @param value the text that was read from it
 * @returns the offset in `source` for each offset in `value`, including its end; undefined if the two don't match
 */
export function textOffsets(source: string, { start, end }: SourceSpan, value: string): Uint32Array | undefined {
  const read = readerOf(source, start);
  const offsets = new Uint32Array(value.length + 1);
  let at = /[|>]/.test(source.charAt(start)) ? lineEnd(source, start) : start + (isQuote(source.charAt(start)) ? 1 : 0);
  const passSpace = (): void => {
    while (at < end && isSpace(read(at).means)) at += read(at).length;
  };

  let done = 0;
  while (done < value.length) {
    const from = at;
    passSpace();
    const spaces = spacesFrom(value, done);
    // White space may be folded, indented and trimmed: offsets advance one by one only if it has the same length in both.
    const step = at - from === spaces ? 1 : 0;
    for (let index = 0; index < spaces; index++) offsets[done + index] = from + step * index;
    done += spaces;
    for (; done < value.length && !isSpace(value.charAt(done));) {
      const { means, length } = read(at);
      if (at >= end || !value.startsWith(means, done)) return undefined;
      offsets.fill(at, done, done + means.length);
      done += means.length;
      at += length;
      // After a backslash at the end of a line, the text continues behind the indentation of the next line.
      if (at < end && read(at).means === '') passSpace();
    }
  }
  offsets[value.length] = Math.min(at, end);
  return offsets;
}

function spacesFrom(value: string, start: number): number {
  let end = start;
  while (end < value.length && isSpace(value.charAt(end))) end += 1;
  return end - start;
}

function isSpace(means: string): boolean {
  return means === '' || means === ' ' || means === '\n' || means === '\t' || means === '\r';
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'";
}

function lineEnd(source: string, start: number): number {
  const newline = source.indexOf('\n', start);
  return newline === -1 ? source.length : newline + 1;
}

/** Returns a reader of pieces for the style that begins at `start`. */
function readerOf(source: string, start: number): (at: number) => Piece {
  const plain = (at: number): Piece => ({ means: source.charAt(at), length: 1 });
  switch (source.charAt(start)) {
    case "'":
      return (at) => (source.startsWith("''", at) ? { means: "'", length: 2 } : plain(at));
    case '"':
      return (at) => (source.charAt(at) === '\\' ? escapeAt(source, at) : plain(at));
    default:
      return plain;
  }
}

function escapeAt(source: string, at: number): Piece {
  const sign = source.charAt(at + 1);
  const digits = CODE_DIGITS[sign];
  if (digits !== undefined) {
    const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
    return { means: code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd', length: 2 + digits };
  }
  const means = ESCAPES[sign];
  if (means !== undefined) return { means, length: 2 };
  // A line continuation: the backslash and the line end stand for nothing.
  return { means: '', length: source.startsWith('\r\n', at + 1) ? 3 : 2 };
}
