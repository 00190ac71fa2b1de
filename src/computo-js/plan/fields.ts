import { MISSING } from '../compile/index.js';
import { compileGetter } from '../pointer/index.js';
import { completeOperator, inBoth, takes, type Call } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { InputReading } from './reading.js';

/** Provides single fields of a program's first input, in place of the whole input. */
export interface FieldReader {
  /**
   * Returns the number of a field; called while planning. Equal paths get equal numbers.
   *
   * @param path keys from the input down; `[]` is the whole input
   */
  number(path: readonly string[]): number;
  /** Returns a field's value, or undefined if it is missing; called while running. */
  read(field: number): Json | undefined;
}

/** Returns the same call, reading a field. If nothing is found, only a run on the whole input can tell what is wrong. */
export function fieldCall(call: Call, reading: InputReading, fields: FieldReader): Call {
  const field = fields.number(reading.field);
  const within = compileGetter(reading.within, { arraySegment: call.dialect === 'current' });
  const find = (): Json | undefined => {
    const value = fields.read(field);
    return value === undefined ? undefined : within(value);
  };
  const get = (): Json => {
    const found = find();
    if (found === undefined) throw MISSING;
    return found;
  };
  const has = (): boolean => find() !== undefined;
  const signature = takes();
  const { name, summary } = call.operator;
  const form = { summary, signatures: inBoth(signature), work: [], examples: [] };
  const operator = completeOperator(
    name,
    reading.yields === 'value'
      ? { ...form, growth: 'input', compile: () => get, read: () => find }
      : { ...form, returns: 'boolean', compile: () => has },
  );
  return { ...call, operator, signature, arguments: [] };
}
