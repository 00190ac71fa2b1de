/*
 * The text form of Computo, parsed by recursive descent. Each rule of the grammar is a function that starts where its text starts
 * and also consumes the white space after it. The README contains the grammar.
 */
import { formatPointer } from '../pointer/index.js';
import type { Json } from '../value/index.js';
import { callOf, constantOf, listOf, objectOf, type Expression, type ObjectMember } from './expression.js';
import { Reader } from './reader.js';
import { ask, runRule, type GrammarRule } from './rule.js';
import { INFIXES, KEYWORDS, NEGATION_LEVEL, NOT_LEVEL, PIPE_LEVEL, TAKES_RAW_LISTS, type Infix } from './signs.js';
import { spanOf, type Span } from './span.js';

/** Explains why `6/2` is not a division. */
const DIVISION = 'Division has white space on both sides: a / b.';

/** How much of the text on each side of a mistake is examined. */
const SEEN_AROUND = 40;

/** A script, and the position of each of its pieces in the text. */
export interface ParsedText {
  readonly script: Json;
  readonly spans: Span;
  /** Whether the text contains comments, which the script and its printed form lack. */
  readonly hasComments: boolean;
}

/**
 * Parses a script in the text form, which is of the current dialect.
 *
 * @throws TextFormError with the place of the first mistake, and what to write instead, if known
 */
export function parseText(text: string): ParsedText {
  const reader = new Reader(text);
  if (reader.isAtEnd()) throw reader.error('there is no script', reader.at);
  const { script, span } = runRule(expression(reader, PIPE_LEVEL));
  if (!reader.isAtEnd()) throw reader.unexpected('after the end of the expression');
  return { script, spans: span, hasComments: reader.hasComments };
}

/** Parses an expression whose signs bind at least as tightly as `levelMin`. All signs are left-associative. */
function* expression(reader: Reader, levelMin: number): GrammarRule<Expression> {
  const start = reader.at;
  let left = yield* ask(prefix(reader));
  for (;;) {
    if (levelMin <= PIPE_LEVEL && reader.takes('|>')) {
      left = yield* ask(piped(reader, left, start));
      continue;
    }
    const infix = infixHere(reader);
    if (infix === undefined || infix.level < levelMin) return left;
    const operands = [left];
    // A run of the same sign is a single call.
    while (infixHere(reader) === infix) {
      reader.at += infix.sign.length;
      reader.space();
      operands.push(yield* ask(expression(reader, infix.level + 1)));
    }
    left = callOf(infix.operator, operands, start, reader.end);
  }
}

/** Returns the sign at this position between two expressions, if there is one. */
function infixHere(reader: Reader): Infix | undefined {
  const word = reader.word();
  const infix = INFIXES.find(({ sign }) => (word === undefined ? reader.sees(sign) : word === sign));
  // `===`, `!==` and a path after white space begin like signs, but are not.
  if (infix?.sign.endsWith('=') === true && reader.character(2) === '=') return undefined;
  return infix?.sign === '/' && !reader.isSpace(1) ? undefined : infix;
}

/** Parses what follows `|>`: an operator, with or without further arguments. */
function* piped(reader: Reader, first: Expression, start: number): GrammarRule<Expression> {
  reader.space();
  const name = dottedName(reader);
  if (name === undefined) throw reader.unexpected('where the name of an operator should be');
  const rest = reader.takes('(') ? yield* ask(callArguments(reader, name, 1)) : [];
  const call = callOf(name, [first, ...rest], start, reader.at);
  if (reader.sees('/') || reader.sees('[')) {
    throw reader.error('a path directly behind a pipe', reader.at, 'Put the pipe in parentheses: (x |> f)/name.');
  }
  reader.space();
  return call;
}

/** Parses the start of an expression and the paths after it. */
function* prefix(reader: Reader): GrammarRule<Expression> {
  const start = reader.at;
  const word = reader.word();
  switch (word) {
    case 'let':
      return yield* letExpression(reader);
    case 'if':
      return yield* ifExpression(reader);
    case 'not': {
      reader.takeWord();
      reader.space();
      const operand = yield* ask(expression(reader, NOT_LEVEL));
      return callOf('not', [operand], start, reader.end);
    }
    case undefined:
      if (reader.sees('-') && !/[0-9]/.test(reader.character(1))) {
        reader.at += 1;
        reader.space();
        const operand = yield* ask(expression(reader, NEGATION_LEVEL));
        return callOf('-', [operand], start, reader.end);
      }
      if (reader.sees('(')) {
        const parameters = parameterList(reader);
        if (parameters !== undefined) return yield* lambda(reader, parameters, start);
      }
      break;
    default:
      if (!KEYWORDS.has(word)) return yield* named(reader);
  }
  return yield* withPaths(reader, yield* atom(reader), start);
}

/** Parses a basic expression: a constant, an input, or something in brackets. */
function* atom(reader: Reader): GrammarRule<Expression> {
  const start = reader.at;
  const constant = (value: Json): Expression => constantOf(value, value, spanOf(start, reader.at));
  switch (reader.character()) {
    case '"':
      return constant(reader.string());
    case '`':
      return { script: reader.json(), span: spanOf(start, reader.at) };
    case '/':
      return reference(['$input'], segments(reader), start, reader.at);
    case '$':
      return input(reader);
    case '(':
      return yield* group(reader);
    case '[':
      return yield* list(reader);
    case '{':
      return yield* object(reader);
  }
  const word = reader.word();
  if (word === 'true' || word === 'false' || word === 'null') {
    reader.takeWord();
    return constant(word === 'null' ? null : word === 'true');
  }
  if (!/^-?[0-9]/.test(reader.character() + reader.character(1))) throw reader.unexpected('where a value should be');
  const number = constant(reader.number());
  if (reader.sees('/') || reader.sees('[')) {
    throw reader.error('a path directly behind a number', reader.at, DIVISION);
  }
  return number;
}

/** Parses a variable, a call, or a lambda with one parameter. */
function* named(reader: Reader): GrammarRule<Expression> {
  const start = reader.at;
  const name = dottedName(reader) ?? '';
  const end = reader.at;
  if (reader.takes('(')) {
    const given = yield* ask(callArguments(reader, name, 0));
    return yield* withPaths(reader, callOf(name, given, start, reader.at), start);
  }
  if (name.includes('.')) {
    const path = name.replaceAll('.', '/');
    throw reader.error(
      `${name} is not a call`,
      start,
      `Fields are read with a slash: ${path} of a variable, /${path} of the event; operators are called: ${name}(…).`,
    );
  }
  reader.space();
  if (reader.takes('=>')) return yield* lambda(reader, [name], start);
  reader.at = end;
  return yield* withPaths(reader, reference(['$', name], segments(reader), start, reader.at), start);
}

/** Parses the paths that directly follow a value, and the white space after them. */
function* withPaths(reader: Reader, value: Expression, start: number): GrammarRule<Expression> {
  let left = value;
  for (;;) {
    if (reader.sees('/')) {
      const keys = segments(reader).map((key) => (isIndex(key) ? Number(key.text) : key.text));
      if (keys.length === 0) break;
      left = { script: ['value.at', left.script, ...keys], span: spanOf(start, reader.at, [undefined, left.span]) };
    } else if (reader.takes('[')) {
      reader.space();
      const key = yield* ask(expression(reader, PIPE_LEVEL));
      if (!reader.takes(']')) throw reader.unexpected("where ']' should be");
      left = callOf('value.at', [left, key], start, reader.at);
    } else break;
  }
  reader.space();
  return left;
}

interface Segment {
  readonly text: string;
  readonly isQuoted: boolean;
}

function isIndex({ text, isQuoted }: Segment): boolean {
  return !isQuoted && /^(?:0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(Number(text));
}

/** Parses `/name/0/"any text"` up to the next white space; returns nothing if there is a division instead. */
function segments(reader: Reader): Segment[] {
  const found: Segment[] = [];
  while (reader.sees('/')) {
    if (found.length > 0 && reader.isSpace(1)) {
      throw reader.error('a path ends with a slash', reader.at, DIVISION);
    }
    reader.at += 1;
    found.push(segment(reader));
  }
  return found;
}

function segment(reader: Reader): Segment {
  if (reader.sees('"')) return { text: reader.string(), isQuoted: true };
  const start = reader.at;
  const text = reader.takeWord() ?? reader.takeDigits();
  if (text === undefined)
    throw reader.unexpected(
      'where a name, an index or a text in quotes should be, as in /user/0/"a b"',
      'No path ends with a slash. The whole event is $input.',
    );
  if (/[A-Za-z_]/.test(reader.character())) {
    throw reader.error(
      `a key that begins with a digit: ${text}${reader.character()}…`,
      start,
      'Put it in quotes: /"2nd".',
    );
  }
  return { text, isQuoted: false };
}

/** Parses `$input` or `$inputs`, with or without a path. */
function input(reader: Reader): Expression {
  const start = reader.at;
  reader.at += 1;
  const name = `$${reader.takeWord() ?? ''}`;
  if (name !== '$input' && name !== '$inputs') {
    reader.at = start;
    throw reader.unexpected('where a value should be');
  }
  return reference([name], segments(reader), start, reader.at);
}

function reference(head: readonly [string, string?], path: readonly Segment[], start: number, end: number): Expression {
  const [operator, ...name] = head;
  const keys = [...name.map((text) => text ?? ''), ...path.map(({ text }) => text)];
  const script = keys.length === 0 ? [operator] : [operator, formatPointer(keys)];
  return { script, span: spanOf(start, end) };
}

function* group(reader: Reader): GrammarRule<Expression> {
  reader.at += 1;
  reader.space();
  const inner = yield* ask(expression(reader, PIPE_LEVEL));
  if (!reader.takes(')')) throw reader.unexpected("where ')' should be");
  return inner;
}

function* list(reader: Reader): GrammarRule<Expression> {
  const start = reader.at;
  reader.at += 1;
  const elements = yield* ask(separated(reader, ']', (at) => expression(at, PIPE_LEVEL)));
  return listOf(elements, start, reader.at);
}

function* object(reader: Reader): GrammarRule<Expression> {
  const start = reader.at;
  reader.at += 1;
  const members = yield* ask(separated(reader, '}', member));
  return objectOf(members, start, reader.at);
}

function* member(reader: Reader): GrammarRule<ObjectMember> {
  const start = reader.at;
  if (reader.takes('[')) {
    reader.space();
    const key = yield* ask(expression(reader, PIPE_LEVEL));
    if (!reader.takes(']')) throw reader.unexpected("where ']' should be");
    reader.expect(':', "':' and a value should be");
    return { key, value: yield* ask(expression(reader, PIPE_LEVEL)), isComputed: true };
  }
  if (reader.sees('/')) {
    const path = segments(reader);
    const key = textKey(path.at(-1)?.text ?? '', start, reader.at);
    const value = reference(['$input'], path, start, reader.at);
    reader.space();
    if (reader.sees(':')) throw reader.unexpected("where ',' or '}' should be, for the key of a path is its last part");
    // What follows '/' is the next member, whose comma is missing.
    if (![',', '}', '/'].some((next) => reader.sees(next)) && !reader.isAtEnd())
      throw reader.unexpected("where ',' or '}' should be", nameIt(reader, start));
    return { key, value, isComputed: false };
  }
  const isQuoted = reader.sees('"');
  const name = isQuoted ? reader.string() : reader.takeWord();
  if (name === undefined)
    throw reader.unexpected(
      'where a member should be: name: value, "any text": value, [key]: value, /path, or a variable',
    );
  const key = textKey(name, start, reader.at);
  reader.space();
  if (!reader.sees(':') && !isQuoted && !KEYWORDS.has(name)) {
    return { key, value: reference(['$', name], [], start, key.span.end), isComputed: false };
  }
  reader.expect(':', "':' and a value should be");
  return { key, value: yield* ask(expression(reader, PIPE_LEVEL)), isComputed: false };
}

/** What to write for a member that goes on behind its path. @param start of the member */
function nameIt(reader: Reader, start: number): string {
  const [written = ''] = /^[^\s,{}]*/.exec(reader.text.slice(start, reader.at + 40)) ?? [];
  const name = written.match(/(?<=\/)[A-Za-z_]\w*/g)?.at(-1) ?? 'name';
  return `What is more than a path needs a name: {${name}: ${written}${/^[[/]/.test(reader.character()) ? '' : ' …'}}.`;
}

function textKey(name: string, start: number, end: number): Expression {
  return constantOf(name, name, spanOf(start, end));
}

/** Parses the arguments of a call, from after its `(` to its `)`. */
function* callArguments(reader: Reader, operator: string, before: number): GrammarRule<Expression[]> {
  const found = yield* ask(separated(reader, ')', (at) => expression(at, PIPE_LEVEL)));
  if (!TAKES_RAW_LISTS.has(operator)) return found;
  return found.map((one, index) =>
    before + index > 0 && one.constant !== undefined ? { ...one, script: one.constant.value } : one,
  );
}

/** Parses items separated by commas, up to and including the closing bracket. A trailing comma is allowed. */
function* separated<T>(reader: Reader, close: string, item: (reader: Reader) => GrammarRule<T>): GrammarRule<T[]> {
  const found: T[] = [];
  reader.space();
  while (!reader.takes(close)) {
    found.push(yield* ask(item(reader)));
    reader.space();
    if (reader.takes(',')) reader.space();
    else if (!reader.sees(close)) throw unparted(reader, close);
  }
  return found;
}

/** Returns the error for two adjacent values, or for anything else that does not belong between brackets. */
function unparted(reader: Reader, close: string): Error {
  const where = `where ',' or '${close}' should be`;
  const before = reader.text.slice(Math.max(0, reader.at - SEEN_AROUND), reader.at);
  const isMember = close === '}' && /^[A-Za-z_]\w*\s*:/.test(reader.text.slice(reader.at, reader.at + SEEN_AROUND));
  // A brace after `)` begins a body in other languages.
  const isBeside =
    !/\)\s*\{$/.test(before + reader.character()) &&
    /["\])}]\s*$|[/$]\w+\s+$|[\s,[(:][0-9]+\s+$/.test(before) &&
    /["/$[{`0-9]/.test(reader.character());
  if (!isBeside && !isMember) return reader.unexpected(where);
  const division = reader.sees('/') && close !== '}' ? ' A division has white space on both sides: a / b.' : '';
  return reader.error(
    `unexpected '${reader.word() ?? reader.character()}' ${where}`,
    reader.at,
    `A comma is missing before it.${division}`,
  );
}

/** Parses `(a, b) =>`; returns undefined and consumes nothing if the parentheses contain anything else. */
function parameterList(reader: Reader): readonly string[] | undefined {
  const start = reader.at;
  const names: string[] = [];
  reader.at += 1;
  for (;;) {
    reader.space();
    const name = reader.word();
    if (name === undefined || KEYWORDS.has(name)) break;
    names.push(name);
    reader.takeWord();
    reader.space();
    if (!reader.takes(',')) break;
  }
  const isList = reader.text[reader.at - 1] !== ',' && reader.takes(')');
  reader.space();
  if (isList && reader.takes('=>')) return names;
  reader.at = start;
  return undefined;
}

function* lambda(reader: Reader, parameters: readonly string[], start: number): GrammarRule<Expression> {
  reader.space();
  const body = yield* ask(expression(reader, PIPE_LEVEL));
  return {
    script: ['lambda', parameters, body.script],
    span: spanOf(start, reader.end, [undefined, undefined, body.span]),
  };
}

function* letExpression(reader: Reader): GrammarRule<Expression> {
  const start = reader.at;
  reader.takeWord();
  reader.space();
  const bindings: Expression[] = [];
  while (bindings.length === 0 || reader.word() !== 'in') {
    const from = reader.at;
    const name = reader.takeWord();
    if (name === undefined || KEYWORDS.has(name)) {
      reader.at = from;
      throw reader.unexpected('where let names a value: let x = … in …');
    }
    reader.space();
    if (!reader.sees('=') || /[=>]/.test(reader.character(1)))
      throw reader.unexpected(`where '=' should be: let ${name} = … in …`);
    reader.at += 1;
    reader.space();
    const value = yield* ask(expression(reader, PIPE_LEVEL));
    bindings.push({
      script: [name, value.script],
      span: spanOf(from, reader.end, [spanOf(from, from + name.length), value.span]),
    });
    if (reader.takes(',')) reader.space();
  }
  reader.takeWord();
  reader.space();
  const body = yield* ask(expression(reader, PIPE_LEVEL));
  const all: Span = spanOf(
    start,
    reader.end,
    bindings.map(({ span }) => span),
  );
  return {
    script: ['let', bindings.map(({ script }) => script), body.script],
    span: spanOf(start, reader.end, [undefined, all, body.span]),
  };
}

function* ifExpression(reader: Reader): GrammarRule<Expression> {
  const start = reader.at;
  reader.takeWord();
  reader.space();
  const condition = yield* ask(expression(reader, PIPE_LEVEL));
  keyword(reader, 'then');
  const then = yield* ask(expression(reader, PIPE_LEVEL));
  keyword(reader, 'else');
  const otherwise = yield* ask(expression(reader, PIPE_LEVEL));
  return callOf('if', [condition, then, otherwise], start, reader.end);
}

function keyword(reader: Reader, word: string): void {
  if (reader.word() !== word) {
    const hint = word === 'else' ? 'An if gives a value in any case: … else null.' : undefined;
    throw reader.unexpected(`where '${word}' should be: if … then … else …`, hint);
  }
  reader.takeWord();
  reader.space();
}

/** Parses a name, possibly followed by dots and further names, which may be keywords. */
function dottedName(reader: Reader): string | undefined {
  const first = reader.word();
  if (first === undefined || KEYWORDS.has(first)) return undefined;
  reader.takeWord();
  let name = first;
  while (reader.sees('.') && /[A-Za-z_]/.test(reader.character(1))) {
    reader.at += 1;
    name += `.${reader.takeWord() ?? ''}`;
  }
  return name;
}
