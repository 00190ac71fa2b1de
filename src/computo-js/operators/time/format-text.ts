import { shorten } from '../../value/index.js';
import { OptionProblem } from '../option.js';
import { COMPOSITES, DIRECTIVES, type Directive } from './directives.js';
import type { TimeFields } from './fields.js';
import type { Moment } from './moment.js';

/** A format, read: literal text, white space and directives in turn. */
export interface Format {
  readonly text: string;
  /** What using it once takes. */
  readonly steps: number;
  readonly pieces: readonly Piece[];
}

type Piece =
  | { readonly kind: 'literal' | 'space'; readonly text: string }
  | { readonly kind: 'directive'; readonly letter: string; readonly directive: Directive };

/** What came of reading a text by a format: its fields, or what should have stood where. */
export type ParsedTime = TimeFields | { readonly problem: string };

const PIECE = /%([^]?)|(\s+)|[^%\s]+/gu;

/** Among them is what it takes to read the format: one that comes from data may be another one each time. */
const STEPS_PER_CHARACTER = 4;

/**
 * Reads a format of strftime.
 *
 * @throws OptionProblem for a directive that there is not
 */
export function readFormat(text: string): Format {
  return { text, steps: STEPS_PER_CHARACTER * text.length, pieces: piecesOf(text) };
}

/**
 * Reads a format by which texts are read.
 *
 * @throws OptionProblem for a directive that there is not, or can only be printed
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

/** Reads a whole text; white space in the format stands for any amount of it. */
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
