import { shorten } from '../../value/index.js';
import { OptionProblem } from '../option.js';
import { COMPOSITES, DIRECTIVES, type Directive } from './directives.js';
import type { TimeFields } from './fields.js';
import type { Moment } from './moment.js';

/** A parsed format: a sequence of literal text, white space and directives. */
export interface Format {
  readonly text: string;
  /** The cost of using the format once. */
  readonly steps: number;
  readonly pieces: readonly Piece[];
}

type Piece =
  | { readonly kind: 'literal' | 'space'; readonly text: string }
  | { readonly kind: 'directive'; readonly letter: string; readonly directive: Directive };

/** The result of reading a text by a format: its fields, or what was expected and where. */
export type ParsedTime = TimeFields | { readonly problem: string };

const PIECE = /%([^]?)|(\s+)|[^%\s]+/gu;

/** Includes the cost of reading the format, because a format that comes from data may differ each time. */
const STEPS_PER_CHARACTER = 4;

/**
 * Parses a strftime format.
 *
 * @throws OptionProblem for an unknown directive
 */
export function readFormat(text: string): Format {
  return { text, steps: STEPS_PER_CHARACTER * text.length, pieces: piecesOf(text) };
}

/**
 * Parses a format for reading texts.
 *
 * @throws OptionProblem for a directive that is unknown, or that can only be printed
 */
export function readReadableFormat(text: string): Format {
  const format = readFormat(text);
  for (const piece of format.pieces) {
    if (piece.kind !== 'directive' || piece.directive.read !== undefined) continue;
    throw new OptionProblem(`%${piece.letter} can be printed, but no time can be read by it`);
  }
  return format;
}

/** Prints a moment. */
export function printBy({ pieces }: Format, moment: Moment): string {
  let text = '';
  for (const piece of pieces) text += piece.kind === 'directive' ? piece.directive.print(moment) : piece.text;
  return text;
}

/** Reads a whole text. White space in the format matches any amount of it, but at least one character. */
export function readBy({ pieces }: Format, text: string): ParsedTime {
  const fields: TimeFields = {};
  let at = 0;
  for (const piece of pieces) {
    const end = endOf(piece, text, at, fields);
    if (end === -1) return { problem: `${nounOf(piece)} should stand at column ${at + 1}` };
    at = end;
  }
  return at === text.length ? fields : { problem: `the time ends before column ${at + 1}, and more follows` };
}

function endOf(piece: Piece, text: string, at: number, into: TimeFields): number {
  switch (piece.kind) {
    case 'directive':
      return piece.directive.read?.(text, at, into) ?? -1;
    case 'literal':
      return text.startsWith(piece.text, at) ? at + piece.text.length : -1;
    case 'space': {
      let end = at;
      while (/\s/.test(text.charAt(end))) end += 1;
      return end === at ? -1 : end;
    }
  }
}

function nounOf(piece: Piece): string {
  switch (piece.kind) {
    case 'directive':
      return piece.directive.noun;
    case 'literal':
      return JSON.stringify(shorten(piece.text));
    case 'space':
      return 'white space';
  }
}

function piecesOf(text: string): Piece[] {
  return [...text.matchAll(PIECE)].flatMap(([whole, letter, space]): Piece[] => {
    if (space !== undefined) return [{ kind: 'space', text: space }];
    if (letter === undefined) return [{ kind: 'literal', text: whole }];
    if (letter === '%') return [{ kind: 'literal', text: '%' }];
    const directive = DIRECTIVES.get(letter);
    if (directive !== undefined) return [{ kind: 'directive', letter, directive }];
    const several = COMPOSITES.get(letter);
    if (several !== undefined) return piecesOf(several);
    throw new OptionProblem(unknownDirective(letter));
  });
}

function unknownDirective(letter: string): string {
  const letters = [...DIRECTIVES.keys(), ...COMPOSITES.keys(), '%'].map((known) => `%${known}`).join(' ');
  const found = letter === '' ? "a format ends with a single '%'" : `%${letter} is not a directive`;
  return `${found}; formats know ${letters}`;
}
