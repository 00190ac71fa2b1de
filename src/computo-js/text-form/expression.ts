import { orderedObject, type Json, unlimited } from '../value/index.js';
import { spanOf, type Span } from './span.js';

/** A parsed expression. */
export interface Expression {
  readonly script: Json;
  readonly span: Span;
  /** The value, if the expression consists only of constants. A list of constants is a list here, and a call in `script`. */
  readonly constant?: { readonly value: Json };
  /** Whether a path after the expression extends its own pointer, as for `$input`, `$inputs` and variables. */
  readonly isReference?: true;
}

export function constantOf(value: Json, script: Json, span: Span): Expression {
  return { script, span, constant: { value } };
}

/** Returns the expression for a list in brackets. A list of constants is a constant; any other is evaluated element by element. */
export function listOf(elements: readonly Expression[], start: number, end: number): Expression {
  const constants = elements.flatMap(({ constant }) => (constant === undefined ? [] : [constant.value]));
  if (constants.length === elements.length) {
    return constantOf(constants, { array: constants }, spanOf(start, end));
  }
  // An array that starts with a text would be a call.
  const texts = elements.findIndex(({ script }) => typeof script !== 'string');
  const rest = elements.slice(texts);
  const evaluated: Expression = {
    script: rest.map(({ script }) => script),
    span: spanOf(
      start,
      end,
      rest.map(({ span }) => span),
    ),
  };
  return elements.slice(0, texts).reduceRight<Expression>(
    (list, text) => ({
      script: ['cons', text.script, list.script],
      span: spanOf(start, end, [undefined, text.span, list.span]),
    }),
    evaluated,
  );
}

/** A parsed member of an object. */
export interface ObjectMember {
  readonly key: Expression;
  readonly value: Expression;
  /** Whether the key is in brackets. An object with such a key is never a constant. */
  readonly isComputed: boolean;
}

/** Returns the expression for an object in braces: a constant, or a call of `obj`. */
export function objectOf(members: readonly ObjectMember[], start: number, end: number): Expression {
  const entries = members.flatMap(({ key, value, isComputed }) =>
    isComputed || typeof key.script !== 'string' || value.constant === undefined
      ? []
      : [[key.script, value.constant.value] as const],
  );
  const parts = members.flatMap(({ key, value }) => [key, value]);
  const call: Json = ['obj', ...parts.map(({ script }) => script)];
  const span = spanOf(start, end, [undefined, ...parts.map((part) => part.span)]);
  // Keeps a repeated key in the script, so that `check` can report it.
  const isRepeated = new Set(entries.map(([key]) => key)).size < entries.length;
  if (entries.length < members.length || isRepeated) return { script: call, span };
  const object = orderedObject(entries, unlimited());
  // `{"array": …}` is the JSON form of a list. As a call, it remains an object.
  const isListInJson = entries.length === 1 && entries[0]?.[0] === 'array';
  return isListInJson ? { ...constantOf(object, call, span) } : constantOf(object, object, spanOf(start, end));
}

/** Returns a call whose operator is written between its arguments, such as `a + b + c`. */
export function callOf(operator: string, operands: readonly Expression[], start: number, end: number): Expression {
  const script = [operator, ...operands.map((operand) => operand.script)];
  return { script, span: spanOf(start, end, [undefined, ...operands.map(({ span }) => span)]) };
}
