/** An operator that is written between its arguments. */
export interface Infix {
  /** The sign in the text form. */
  readonly sign: string;
  /** Its name in JSON. */
  readonly operator: string;
  /** A higher level binds tighter. */
  readonly level: number;
}

export const PIPE_LEVEL = 0;
export const NOT_LEVEL = 4;
export const NEGATION_LEVEL = 8;

/** A sign must come before any sign that is a prefix of it. */
export const INFIXES: readonly Infix[] = [
  { sign: '??', operator: 'value.or', level: 1 },
  { sign: 'or', operator: 'or', level: 2 },
  { sign: 'and', operator: 'and', level: 3 },
  { sign: '>=', operator: '>=', level: 5 },
  { sign: '<=', operator: '<=', level: 5 },
  { sign: '==', operator: '==', level: 5 },
  { sign: '!=', operator: '!=', level: 5 },
  { sign: '>', operator: '>', level: 5 },
  { sign: '<', operator: '<', level: 5 },
  { sign: '++', operator: 'strConcat', level: 6 },
  { sign: '+', operator: '+', level: 6 },
  { sign: '-', operator: '-', level: 6 },
  { sign: '*', operator: '*', level: 7 },
  { sign: '/', operator: '/', level: 7 },
  { sign: '%', operator: '%', level: 7 },
];

export const KEYWORDS: ReadonlySet<string> = new Set([
  'let',
  'in',
  'if',
  'then',
  'else',
  'and',
  'or',
  'not',
  'true',
  'false',
  'null',
]);

/** Operators whose arguments after the first are options, in which a list stays as written. */
export const TAKES_RAW_LISTS: ReadonlySet<string> = new Set(['sort']);
