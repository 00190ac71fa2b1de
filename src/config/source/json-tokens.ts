import type { JSONScanner } from 'jsonc-parser';

/** The token types that jsonc-parser's scanner returns: its own enum exists only at compile time. */
export const Token = {
  OpenBrace: 1,
  CloseBrace: 2,
  OpenBracket: 3,
  CloseBracket: 4,
  Comma: 5,
  Colon: 6,
  Null: 7,
  True: 8,
  False: 9,
  String: 10,
  Number: 11,
  LineComment: 12,
  Trivia: 15,
  Unknown: 16,
  EndOfFile: 17,
} as const;

/** The scanner's errors within a token, by number. */
const SCAN_ERRORS: readonly (string | undefined)[] = [
  undefined,
  'a comment that does not end',
  'a string that does not end on its line',
  'a number that breaks off',
  'a \\u escape without four hexadecimal digits',
  'an unknown escape in a string',
  'a raw control character in a string',
];

/** What is wrong with the last token by itself, if anything. */
export function scanProblem(scanner: JSONScanner): string | undefined {
  return SCAN_ERRORS[scanner.getTokenError()];
}

/** Whether a token is a comment, white space or a line end. */
export function isTrivia(token: number): boolean {
  return token >= Token.LineComment && token <= Token.Trivia;
}

const SHOWN_MAX = 24;

/** Describes the last token for a message. */
export function describeToken(scanner: JSONScanner): string {
  const token: number = scanner.getToken();
  const value = scanner.getTokenValue();
  const shown = value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value;
  switch (token) {
    case Token.EndOfFile:
      return 'the text ends';
    case Token.String:
      return `unexpected string ${JSON.stringify(shown)}`;
    case Token.Number:
      return `unexpected number ${shown}`;
    case Token.Unknown:
      return `unexpected ${JSON.stringify(shown)}`;
    case Token.Null:
    case Token.True:
    case Token.False:
      return `unexpected ${shown}`;
    default:
      return `unexpected '${' {}[],:'.charAt(token)}'`;
  }
}
