import { JsonSyntaxError, parseExactly, readNumber, stringEnd, stringOf } from '../json-text/index.js';
import type { Json, JsonNumber } from '../value/index.js';
import { foreignHint } from './foreign.js';
import { TextFormError } from './text-error.js';

const BLANKS = /[ \t\r\n]*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const DIGITS = /[0-9]+/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** Characters that would continue a number that has ended. */
const GOES_ON = /[A-Za-z0-9_.]/;

/** A text and the current position in it. */
export class Reader {
  at = 0;
  /** Where the last token ends, before the white space after it. */
  end = 0;
  /** The end of the last white space that was skipped. */
  #spaceEnd = 0;
  /** Whether comments were skipped. A first line for the shell is not a comment. */
  hasComments = false;

  constructor(readonly text: string) {
    if (text.startsWith('#!')) this.at = this.#lineEnd();
    this.space();
  }

  #lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end === -1 ? this.text.length : end;
  }

  /** Skips white space and comments. */
  space(): void {
    if (this.at !== this.#spaceEnd) this.end = this.at;
    this.#match(BLANKS);
    while (this.sees('--')) {
      this.hasComments = true;
      this.at = this.#lineEnd();
      this.#match(BLANKS);
    }
    this.#spaceEnd = this.at;
  }

  isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Whether the text continues with `sign` at this position. */
  sees(sign: string): boolean {
    return this.text.startsWith(sign, this.at);
  }

  /** The character at this position, or `ahead` characters later; `''` at the end. */
  character(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  /** Whether white space, a comment or the end is `ahead` characters away. */
  isSpace(ahead: number): boolean {
    const next = this.character(ahead);
    return /^[ \t\r\n]?$/.test(next) || (next === '-' && this.character(ahead + 1) === '-');
  }

  /** Consumes a sign if it is at this position. */
  takes(sign: string): boolean {
    if (!this.sees(sign)) return false;
    this.at += sign.length;
    return true;
  }

  /**
   * Consumes a sign and the white space around it.
   *
   * @throws TextFormError if something else is there
   */
  expect(sign: string, where: string): void {
    this.space();
    if (!this.takes(sign)) throw this.unexpected(`where ${where}`);
    this.space();
  }

  /** Returns the word at this position without consuming it, or undefined if there is none. */
  word(): string | undefined {
    const start = this.at;
    const word = this.takeWord();
    this.at = start;
    return word;
  }

  /** Consumes a word: a name or a keyword. */
  takeWord(): string | undefined {
    return this.#match(WORD) || undefined;
  }

  /** Consumes digits. */
  takeDigits(): string | undefined {
    return this.#match(DIGITS) || undefined;
  }

  /**
   * Reads a number.
   *
   * @throws TextFormError if it does not have exactly the form of JSON
   */
  number(): JsonNumber {
    const start = this.at;
    const written = this.#match(NUMBER);
    if (written === '' || GOES_ON.test(this.character())) {
      const whole = /^[-0-9A-Za-z_.]{1,40}/.exec(this.text.slice(start, start + 40))?.[0] ?? '';
      throw this.error(`malformed number ${whole}`, start, 'Numbers are written as in JSON: 0.5, 10, 1e3.');
    }
    return readNumber(written);
  }

  /**
   * Reads a text in quotes.
   *
   * @throws TextFormError
   */
  string(): string {
    const start = this.at;
    this.at = this.#orLocated(0, () => stringEnd(this.text, start), escapeHint);
    return stringOf(this.text, start, this.at);
  }

  /**
   * Reads any JSON value between backticks.
   *
   * @throws TextFormError
   */
  json(): Json {
    const start = this.at + 1;
    const end = this.text.indexOf('`', start);
    if (end === -1)
      throw this.error('the text ends behind a backtick', this.at, 'Close the JSON with another backtick.');
    this.at = end + 1;
    const hint = (): string => 'Between backticks stands JSON; a text stands in double quotes.';
    return this.#orLocated(start, () => parseExactly(this.text.slice(start, end), Infinity), hint);
  }

  /**
   * @param where what was expected here, beginning with `where`
   * @param otherwise a hint to give if the text is not known from another language
   */
  unexpected(where: string, otherwise?: string): TextFormError {
    const rest = this.text.slice(this.at, this.at + 40);
    const hint = foreignHint(this.text, this.at) ?? otherwise;
    return this.error(`${found(rest)} ${where}`, this.at, hint);
  }

  error(problem: string, offset: number, hint?: string): TextFormError {
    return new TextFormError(problem, offset, this.text, hint);
  }

  #orLocated<T>(start: number, read: () => T, hint: (rest: string) => string | undefined): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof JsonSyntaxError) {
        const offset = start + error.offset;
        throw this.error(error.problem, offset, hint(this.text.slice(offset, offset + 2)));
      }
      throw error;
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text)?.[0] ?? '';
    this.at += match.length;
    return match;
  }
}

/**
 * Suggests what to write instead of a backslash that JSON does not allow.
 *
 * @param found the backslash and what follows it
 */
function escapeHint(found: string): string | undefined {
  if (found === '\\(') return 'Texts are joined with ++: "id " ++ /id.';
  return found.startsWith('\\') ? `A backslash is written twice: "\\${found}".` : undefined;
}

/** Describes the beginning of a text, for messages. */
function found(rest: string): string {
  if (rest === '') return 'the text ends';
  const word = /^[\p{L}_$@][\p{L}\p{N}_]*/u.exec(rest)?.[0];
  if (word !== undefined) return `unexpected '${word}'`;
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  const isVisible = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character);
  const code = `U+${(rest.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return `unexpected ${isVisible ? `'${character}'` : code}`;
}
