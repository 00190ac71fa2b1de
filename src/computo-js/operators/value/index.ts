import type { OperatorEntry } from '../../syntax/index.js';
import { at, has } from './at.js';
import { compact } from './compact.js';
import { findAll } from './find-all.js';
import { merge } from './merge.js';
import { orOperator } from './or.js';
import { remove, set, update } from './change.js';
import { tryOperator } from './try.js';
import { type } from './type.js';
import { walk } from './walk.js';

/** Operators on values of any kind: defaults, parts of values, and changes that keep the rest. */
export const valueOperators: readonly OperatorEntry[] = [
  orOperator,
  tryOperator,
  at,
  has,
  type,
  set,
  update,
  remove,
  merge,
  compact,
  findAll,
  walk,
];
