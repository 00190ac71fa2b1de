/*
 * Prints scripts in the text form. Anything without a notation in that form becomes JSON between backticks, so that every script
 * has a text, and every text leads back to its script.
 */
import { formatPointer, parsePointer } from '../pointer/index.js';
import { entriesOf, isArray, isObject, stringify, type Json, unlimited } from '../value/index.js';
import { bracketed, group, indent, joined, layOut, LINE, type Doc } from './layout.js';
import { ask, runRule, type GrammarRule } from './rule.js';
import { INFIXES, KEYWORDS, NEGATION_LEVEL, NOT_LEVEL, PIPE_LEVEL, TAKES_RAW_LISTS } from './signs.js';

/** Binds tighter than any sign: a constant, a call, or anything in brackets. */
const ATOM_LEVEL = 9;
/** Extends as far as possible: a lambda, `let`, `if`. */
const OPEN_LEVEL = -1;

const LET = 'let ';
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const OPERATOR_NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const DIGITS = /^[0-9]+$/;

/** A printed piece of a script. */
interface Piece {
  readonly text: Doc;
  /** The text if more of the same kind follows, so that all of it is on one line, or none. */
  readonly begun?: Doc;
  /** How tightly the piece binds, see `signs.ts`. */
  readonly level: number;
  /** The sign between the piece's parts. The same sign after the piece would extend it. */
  readonly sign?: string;
  readonly isConstant?: true;
  /** Whether no path can follow directly, because it would become part of the piece, or not be a path. */
  readonly refusesPath?: true;
}

/**
 * Prints a script of the current dialect in the text form. `parseText` restores the same script.
 *
 * @param script may be nested to any depth
 * @param width columns of a line; without it, everything is on one line
 */
export function printText(script: Json, width = Infinity): string {
  return layOut(runRule(printed(script)).text, width);
}

function* printed(script: Json): GrammarRule<Piece> {
  if (isArray(script)) return (yield* ask(printedArray(script))) ?? asJson(script);
  if (isObject(script)) {
    const isList = Object.keys(script).length === 1 && Object.hasOwn(script, 'array');
    const list = isList ? script['array'] : undefined;
    if (isList && (list === undefined || !isArray(list))) return asJson(script);
    return constant(yield* ask(constantText(list ?? script)));
  }
  const isText = typeof script === 'string' || typeof script === 'boolean' || script === null;
  return { ...constant(stringify(script)), ...(!isText && { refusesPath: true }) };
}

/** Prints a list or a call; undefined if only JSON can express it. */
function* printedArray(script: readonly Json[]): GrammarRule<Piece | undefined> {
  const [operator, ...given] = script;
  if (typeof operator !== 'string') {
    const elements = yield* ask(printedAll(script));
    if (elements.every(({ isConstant }) => isConstant)) return undefined;
    return atom(bracketed('[', texts(elements), ']'));
  }
  return reference(operator, given) ?? (yield* ask(form(operator, given))) ?? (yield* ask(call(operator, given)));
}

function* printedAll(scripts: readonly Json[]): GrammarRule<Piece[]> {
  const pieces: Piece[] = [];
  for (const script of scripts) pieces.push(yield* ask(printed(script)));
  return pieces;
}

/** Prints an operator that has a notation of its own. */
function* form(operator: string, given: readonly Json[]): GrammarRule<Piece | undefined> {
  switch (operator) {
    case 'lambda':
      return yield* ask(lambda(given));
    case 'let':
      return yield* ask(letForm(given));
    case 'obj':
      return yield* ask(object(given));
    case 'value.at':
      return yield* ask(path(given));
    case 'if': {
      if (given.length !== 3) return undefined;
      const [condition, then, otherwise] = yield* ask(printedAll(given));
      const branches = indent([LINE, 'then ', textOf(then), LINE, 'else ', textOf(otherwise)]);
      return open(group(['if ', textOf(condition), branches]));
    }
    case 'not': {
      const [operand] = yield* ask(printedAll(given));
      return given.length === 1 && operand
        ? { text: ['not ', within(operand, NOT_LEVEL)], level: NOT_LEVEL }
        : undefined;
    }
  }
  const infix = INFIXES.find((one) => one.operator === operator);
  if (infix === undefined || given.length === 0) return undefined;
  const { sign, level } = infix;
  const [first, ...rest] = yield* ask(printedAll(given));
  if (first === undefined) return undefined;
  if (rest.length === 0) return sign === '-' ? negation(first) : undefined;
  // The same sign would extend the run.
  const head = first.sign === sign ? inParentheses(first.text) : within(first, level);
  const others = rest.map((operand) => indent([LINE, `${sign} `, within(operand, level + 1)]));
  return { text: group([head, ...others]), level, sign };
}

function negation(operand: Piece): Piece {
  // Directly before a number, the sign would form a negative number; before another minus sign, a comment.
  const space = operand.level === NEGATION_LEVEL || isNumber(operand) ? ' ' : '';
  return { text: [`-${space}`, within(operand, NEGATION_LEVEL)], level: NEGATION_LEVEL };
}

/** Prints `name(…)`, or `first |> name(…)` if the last argument is a lambda, because that is easier to read. */
function* call(operator: string, given: readonly Json[]): GrammarRule<Piece | undefined> {
  const [root = ''] = operator.split('.');
  if (!OPERATOR_NAME.test(operator) || KEYWORDS.has(root)) return undefined;
  const pieces = yield* ask(callArguments(operator, given));
  const last = given.at(-1);
  const endsWithLambda =
    last !== undefined && isArray(last) && last[0] === 'lambda' && pieces.at(-1)?.level === OPEN_LEVEL;
  const [first, ...rest] = pieces;
  if (first !== undefined && rest.length > 0 && endsWithLambda) {
    const begun: Doc = [first.begun ?? within(first, PIPE_LEVEL), indent([LINE, `|> ${operator}`, called(rest)])];
    return { text: group(begun), begun, level: PIPE_LEVEL };
  }
  return atom([operator, called(pieces)]);
}

/** Prints the arguments of a call. A single argument starts on the line of the call. */
function called(pieces: readonly Piece[]): Doc {
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? inParentheses(only.text) : bracketed('(', texts(pieces), ')');
}

function* callArguments(operator: string, given: readonly Json[]): GrammarRule<Piece[]> {
  if (!TAKES_RAW_LISTS.has(operator)) return yield* ask(printedAll(given));
  const pieces: Piece[] = [];
  for (const [index, one] of given.entries()) {
    if (index > 0 && isArray(one)) pieces.push(constant(yield* ask(constantText(one))));
    else if (index > 0 && isObject(one) && Object.hasOwn(one, 'array')) pieces.push(asJson(one));
    else pieces.push(yield* ask(printed(one)));
  }
  return pieces;
}

/** Prints `/name`, `$inputs/0` or a variable. */
function reference(operator: string, given: readonly Json[]): Piece | undefined {
  const [pointer, ...more] = given;
  if (more.length > 0 || (pointer !== undefined && typeof pointer !== 'string')) return undefined;
  if (operator !== '$' && operator !== '$input' && operator !== '$inputs') return undefined;
  if (pointer === undefined) return operator === '$' ? undefined : referenceOf(operator);
  if (!pointer.startsWith('/')) return undefined;
  const segments = parsePointer(pointer);
  if (formatPointer(segments) !== pointer) return undefined;
  if (operator !== '$') return referenceOf(`${operator === '$input' ? '' : operator}${pathText(segments)}`);
  const [name = '', ...rest] = segments;
  return isName(name) ? referenceOf(`${name}${pathText(rest)}`) : undefined;
}

function* path(given: readonly Json[]): GrammarRule<Piece | undefined> {
  const [base, ...keys] = given;
  const [key] = keys;
  if (base === undefined || key === undefined) return undefined;
  const value = yield* ask(printed(base));
  const held = value.level < ATOM_LEVEL || isNumber(value) ? inParentheses(value.text) : value.text;
  const isPath = keys.every((one) => typeof one === 'string' || isIndex(one));
  if (isPath && (keys.length > 1 || !value.refusesPath)) {
    // Digits without quotes are an index here.
    const segments = keys.map((one) => `/${typeof one === 'string' ? keyText(one) : stringify(one)}`).join('');
    return atom([value.refusesPath ? inParentheses(value.text) : held, segments]);
  }
  if (keys.length > 1) return undefined;
  return atom([held, '[', (yield* ask(printed(key))).text, ']']);
}

function* lambda(given: readonly Json[]): GrammarRule<Piece | undefined> {
  const [parameters, body, ...more] = given;
  if (parameters === undefined || body === undefined || more.length > 0 || !isArray(parameters)) return undefined;
  const names = parameters.filter((name): name is string => typeof name === 'string' && isName(name));
  if (names.length < parameters.length) return undefined;
  const [only] = names;
  const head = names.length === 1 && only !== undefined ? only : `(${names.join(', ')})`;
  return open([`${head} => `, (yield* ask(printed(body))).text]);
}

function* letForm(given: readonly Json[]): GrammarRule<Piece | undefined> {
  const [bindings, body, ...more] = given;
  if (bindings === undefined || body === undefined || more.length > 0) return undefined;
  if (!isArray(bindings) || bindings.length === 0) return undefined;
  const bound: Doc[] = [];
  for (const binding of bindings) {
    if (!isArray(binding) || binding.length !== 2) return undefined;
    const [name, value] = binding;
    if (typeof name !== 'string' || value === undefined || !isName(name)) return undefined;
    bound.push([`${name} = `, (yield* ask(printed(value))).text]);
  }
  const names = indent(joined(bound, [',', LINE]), LET.length);
  return open(group([LET, names, LINE, 'in ', (yield* ask(printed(body))).text]));
}

/** Prints `{…}`, unless it is a constant. */
function* object(given: readonly Json[]): GrammarRule<Piece | undefined> {
  if (given.length === 0 || given.length % 2 !== 0) return undefined;
  const pieces = yield* ask(printedAll(given));
  const members: Doc[] = [];
  let isConstant = true;
  for (let at = 0; at < given.length; at += 2) {
    const [key, value] = [given[at] ?? null, given[at + 1] ?? null];
    const [keyPiece, valuePiece] = [pieces[at], pieces[at + 1]];
    isConstant &&= typeof key === 'string' && valuePiece?.isConstant === true;
    if (typeof key !== 'string') members.push(['[', textOf(keyPiece), ']: ', textOf(valuePiece)]);
    else members.push(namesKey(value, key) ? textOf(valuePiece) : [`${keyText(key)}: `, textOf(valuePiece)]);
  }
  return isConstant ? undefined : atom(bracketed('{', members, '}'));
}

/** Whether a member needs no explicit key: the key of a path of the event is its last part, that of a variable its name. */
function namesKey(value: Json, key: string): boolean {
  if (!isArray(value) || value.length !== 2) return false;
  const [operator, pointer] = value;
  if (typeof pointer !== 'string' || !pointer.startsWith('/')) return false;
  const segments = parsePointer(pointer);
  if (formatPointer(segments) !== pointer || segments.at(-1) !== key) return false;
  return operator === '$input' || (operator === '$' && segments.length === 1 && isName(key));
}

/** Prints a constant and everything in it. */
function* constantText(value: Json): GrammarRule<Doc> {
  if (isArray(value)) {
    const elements: Doc[] = [];
    for (const element of value) elements.push(yield* ask(constantText(element)));
    return bracketed('[', elements, ']');
  }
  if (!isObject(value)) return stringify(value);
  const members: Doc[] = [];
  for (const [key, member] of entriesOf(value, unlimited()))
    members.push([`${keyText(key)}: `, yield* ask(constantText(member))]);
  return bracketed('{', members, '}');
}

function asJson(script: Json): Piece {
  return atom(`\`${stringify(script).replaceAll('`', '\\u0060')}\``);
}

function atom(text: Doc): Piece {
  return { text, level: ATOM_LEVEL };
}

function constant(text: Doc): Piece {
  return { text, level: ATOM_LEVEL, isConstant: true };
}

function open(text: Doc): Piece {
  return { text, level: OPEN_LEVEL };
}

function referenceOf(text: string): Piece {
  return { text, level: ATOM_LEVEL, refusesPath: true };
}

/** Whether a piece is a number, the only constant that no path can follow. */
function isNumber({ isConstant, refusesPath }: Piece): boolean {
  return isConstant === true && refusesPath === true;
}

/** Prints a piece where it must bind at least this tightly, in parentheses if necessary. */
function within({ text, level }: Piece, levelMin: number): Doc {
  return level < levelMin ? inParentheses(text) : text;
}

function inParentheses(text: Doc): Doc {
  return ['(', text, ')'];
}

function texts(pieces: readonly Piece[]): readonly Doc[] {
  return pieces.map(({ text }) => text);
}

function textOf(piece: Piece | undefined): Doc {
  return piece?.text ?? '';
}

function pathText(segments: readonly string[]): string {
  return segments.map((segment) => `/${DIGITS.test(segment) ? segment : keyText(segment)}`).join('');
}

/** Prints a key before a colon or after a slash, where keywords are allowed, too. */
function keyText(key: string): string {
  return NAME.test(key) ? key : stringify(key);
}

function isName(text: string): boolean {
  return NAME.test(text) && !KEYWORDS.has(text);
}

function isIndex(value: Json): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
}
