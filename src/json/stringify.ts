import { stringify as stringifyExactly, type Json } from 'computo-js';

/**
 * Prints one value as compact JSON: numbers exactly, keys in order, lone surrogates escaped.
 *
 * @throws ComputoError `LimitExceeded` if the value is nested too deep to print
 */
export function stringifyJson(value: Json): string {
  try {
    // Never `undefined`: every Json prints. A bigint or a NumberText makes JSON.stringify throw.
    return JSON.stringify(value);
  } catch {
    return stringifyExactly(value);
  }
}
