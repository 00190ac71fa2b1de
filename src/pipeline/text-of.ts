import type { Json } from 'computo-js';
import { stringifyJson } from '../json/index.js';
import { failureOf } from './failure.js';

/**
 * Returns data as JSON text.
 *
 * @param stage named in the failure
 * @throws EventFailure when the data is too deep or too large to print
 */
export function textOf(data: Json, stage: string): string {
  try {
    return stringifyJson(data);
  } catch (error) {
    throw failureOf(error, stage);
  }
}
