/** What is wrong with a line of CSV, and where. */
export class CsvProblem extends Error {
  constructor(problem: string, offset: number) {
    super(`${problem} at column ${offset + 1}`);
  }
}

const QUOTE = '"';
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * Returns the fields of one line of CSV as defined by RFC 4180. Quotes inside a field that does not begin with one are literal.
 * The text may include the line ending.
 *
 * @param separator one character
 * @param add called before each field
 * @throws CsvProblem
 */
export function fieldsOf(text: string, separator: string, add: () => void): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    add();
    const isQuoted = text.charAt(at) === QUOTE;
    const end = isQuoted ? closingQuote(text, at) : plainEnd(text, at, separator);
    fields.push(isQuoted ? text.slice(at + 1, end).replaceAll('""', QUOTE) : text.slice(at, end));
    at = isQuoted ? end + 1 : end;
    if (!text.startsWith(separator, at)) break;
    at += separator.length;
  }
  const rest = text.slice(at, at + 3);
  if (rest === '' || rest === '\n' || rest === '\r' || rest === '\r\n') return fields;
  const code = rest.charCodeAt(0);
  const isLineEnd = code === LINE_FEED || code === CARRIAGE_RETURN;
  throw new CsvProblem(isLineEnd ? 'a second line begins' : 'the field goes on behind its closing quote', at);
}

/** Returns the position of the quote that closes a field. Doubled quotes belong to the field. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; ; at += 2) {
    at = text.indexOf(QUOTE, at);
    if (at === -1) throw new CsvProblem('a quote is not closed', start);
    if (text.charAt(at + 1) !== QUOTE) return at;
  }
}

function plainEnd(text: string, start: number, separator: string): number {
  const first = separator.charCodeAt(0);
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CARRIAGE_RETURN || code === LINE_FEED) return at;
    if (code === first && text.startsWith(separator, at)) return at;
  }
  return at;
}
