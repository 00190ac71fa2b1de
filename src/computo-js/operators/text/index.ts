/** Operators on texts, which are counted in code points. */
import type { OperatorEntry } from '../../syntax/index.js';
import { lower, upper } from './case.js';
import { contains, endsWith, startsWith } from './contains.js';
import { length } from './length.js';
import { of } from './of.js';
import { padEnd, padStart } from './pad.js';
import { redact } from './redact/redact.js';
import { repeat } from './repeat.js';
import { replace } from './replace.js';
import { slice } from './slice.js';
import { split } from './split.js';
import { trim } from './trim.js';

export const textOperators: readonly OperatorEntry[] = [
  lower,
  upper,
  trim,
  length,
  slice,
  split,
  replace,
  startsWith,
  endsWith,
  contains,
  padStart,
  padEnd,
  repeat,
  of,
  redact,
];
