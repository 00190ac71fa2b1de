/** Operators on numbers, exact in decimal. */
import type { OperatorEntry } from '../../syntax/index.js';
import { abs } from './abs.js';
import { ceil, floor } from './beside.js';
import { max, min } from './extremes.js';
import { parse } from './parse.js';
import { round } from './round.js';
import { text } from './text.js';

export const numberOperators: readonly OperatorEntry[] = [parse, round, floor, ceil, abs, min, max, text];
