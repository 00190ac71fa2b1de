/** Operators on patterns in RE2 syntax, which match in linear time. */
import type { OperatorEntry } from '../../syntax/index.js';
import { capture } from './capture.js';
import { findAll } from './find-all.js';
import { replace } from './replace.js';
import { split } from './split.js';
import { test } from './test.js';

export const regexOperators: readonly OperatorEntry[] = [test, capture, findAll, replace, split];
