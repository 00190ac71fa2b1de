/** Operators on base64. */
import type { OperatorEntry } from '../../syntax/index.js';
import { decode } from './decode.js';
import { encode } from './encode.js';

export const base64Operators: readonly OperatorEntry[] = [encode, decode];
