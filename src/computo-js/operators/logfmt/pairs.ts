/** What is wrong with a line of logfmt, and where. */
export class LogfmtProblem extends Error {
  constructor(problem: string, offset: number) {
    super(`${problem} at column ${offset + 1}`);
  }
}

const SPACE = 0x20;
const QUOTE = 0x22;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))/g;
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Returns the pairs of a line of logfmt: keys and values with `=` between them, separated by blanks or control characters.
 *
 * @param add called before each pair
 * @throws LogfmtProblem
 */
export function pairsOf(text: string, add: () => void): [string, string | true][] {
  const pairs: [string, string | true][] = [];
  for (let at = blankEnd(text, 0); at < text.length; at = blankEnd(text, at)) {
    add();
    const keyEnd = plainEnd(text, at, EQUALS);
    const key = text.slice(at, keyEnd);
    if (key === '') throw new LogfmtProblem("'=' stands where a key should be", at);
    const quote = key.indexOf('"');
    if (quote !== -1) throw new LogfmtProblem('a key has a quote', at + quote);
    if (text.charCodeAt(keyEnd) !== EQUALS) {
      pairs.push([key, true]);
      at = keyEnd;
    } else if (text.charCodeAt(keyEnd + 1) === QUOTE) {
      const end = closingQuote(text, keyEnd + 1);
      pairs.push([key, unescaped(text.slice(keyEnd + 2, end))]);
      at = end + 1;
      if (text.charCodeAt(at) > SPACE) throw new LogfmtProblem('a blank should stand behind the quote', at);
    } else {
      const end = plainEnd(text, keyEnd + 1);
      pairs.push([key, text.slice(keyEnd + 1, end)]);
      at = end;
    }
  }
  return pairs;
}

function blankEnd(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return at;
}

/** Returns where unquoted text ends: at a blank, or at another given character. */
function plainEnd(text: string, start: number, other?: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code > SPACE && code !== other; code = text.charCodeAt(at)) at += 1;
  return at;
}

function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  throw new LogfmtProblem('a quote is not closed', start);
}

/** Resolves escapes. A backslash that begins no valid escape is literal. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (_, code: string | undefined, letter: string) =>
    code === undefined ? (ESCAPED[letter] ?? letter) : String.fromCharCode(parseInt(code, 16)),
  );
}
