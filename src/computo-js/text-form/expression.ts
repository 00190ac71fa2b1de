import { orderedObject, type Json, unlimited } from '../value/index.js';
import { spanOf, type Span } from './span.js';

/** An expression as it was read. */
export interface Expression {
  readonly script: Json;
  readonly span: Span;
  /** What it stands for, where it is made of nothing but constants: a list of them is a list here, and a call in `script`. */
  readonly constant?: { readonly value: Json };
  /** Whether a path behind it goes into its own pointer: so with `$input`, `$inputs` and variables. */
  readonly isReference?: true;
}

export function constantOf(value: Json, script: Json, span: Span): Expression {
  return { script, span, constant: { value } };
}

/** A list as it stands between brackets. A list of constants is one; any other is evaluated, its elements one by one. */
export function listOf(elements: readonly Expression[], start: number, end: number): Expression {
  const constants = elements.flatMap(({ constant }) => (constant === undefined ? [] : [constant.value]));
  if (constants.length === elements.length) {
    return constantOf(constants, { array: constants }, spanOf(start, end));
  }
  // An array whose head is a text would be a call.
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

/** A member of an object as it was read. */
export interface ObjectMember {
  readonly key: Expression;
  readonly value: Expression;
  /** Whether its key is in brackets: such an object is never a constant. */
  readonly isComputed: boolean;
}

/** An object as it stands between braces: a constant, or a call of `obj`. */
export function objectOf(members: readonly ObjectMember[], start: number, end: number): Expression {
  const entries = members.flatMap(({ key, value, isComputed }) =>
    isComputed || typeof key.script !== 'string' || value.constant === undefined
      ? []
      : [[key.script, value.constant.value] as const],
  );
  const parts = members.flatMap(({ key, value }) => [key, value]);
  const call: Json = ['obj', ...parts.map(({ script }) => script)];
  const span = spanOf(start, end, [undefined, ...parts.map((part) => part.span)]);
  // A key that is given twice stays so in the script, for whoever checks it.
  const isRepeated = new Set(entries.map(([key]) => key)).size < entries.length;
  if (entries.length < members.length || isRepeated) return { script: call, span };
  const object = orderedObject(entries, unlimited());
  // `{"array": …}` is how JSON writes a list; as a call it stays an object.
  const isListInJson = entries.length === 1 && entries[0]?.[0] === 'array';
  return isListInJson ? { ...constantOf(object, call, span) } : constantOf(object, object, spanOf(start, end));
}

/** A call that is written with its arguments around it, as `a + b + c`. */
export function callOf(operator: string, operands: readonly Expression[], start: number, end: number): Expression {
  const script = [operator, ...operands.map((operand) => operand.script)];
  return { script, span: spanOf(start, end, [undefined, ...operands.map(({ span }) => span)]) };
}
