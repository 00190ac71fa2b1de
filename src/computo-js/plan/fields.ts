import { compileGetter } from '../pointer/index.js';
import { defineOperator, inBoth, takes, type Call } from '../syntax/index.js';
import type { Json } from '../value/index.js';

/** Gives a program fields of its first input one by one, in place of the whole. */
export interface Fields {
  /**
   * Asked while planning: the number of a field; equal paths get equal numbers.
   *
   * @param path keys from the input down; `[]` is the whole
   */
  number(path: readonly string[]): number;
  /** Asked while running: the field's value, undefined when it is not there. */
  read(field: number): Json | undefined;
}

/** Raised where a field is not there: only a run on the whole input can say what is wrong. Not made anew for each event. */
export const FIELD_MISSING = new Error('a field is missing');

/** The same call, reading a field. */
export function fieldCall(call: Call, field: number, within: readonly string[], fields: Fields): Call {
  const get = compileGetter(within, { arraySegment: call.dialect === 'current' });
  const evaluate = (): Json => {
    const value = fields.read(field);
    const found = value === undefined || within.length === 0 ? value : get(value);
    if (found === undefined) throw FIELD_MISSING;
    return found;
  };
  const signature = takes();
  const operator = defineOperator({
    name: call.operator.name,
    summary: call.operator.summary,
    signatures: inBoth(signature),
    growth: 'input',
    work: [],
    examples: [],
    compile: () => evaluate,
  });
  return { ...call, operator, signature, arguments: [] };
}
