import type { OperatorEntry } from '../../syntax/index.js';
import { common, has, indexOf, without } from './equal-elements.js';
import { flat } from './flat.js';
import { group } from './group.js';
import { max, mean, min, sum } from './numbers.js';
import { range } from './range.js';
import { slice } from './slice.js';

/** Operators on arrays: parts of arrays, searches in them, and numbers over them. */
export const listOperators: readonly OperatorEntry[] = [
  slice,
  has,
  indexOf,
  without,
  common,
  flat,
  group,
  sum,
  min,
  max,
  mean,
  range,
];
