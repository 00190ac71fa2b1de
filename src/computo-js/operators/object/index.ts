import type { OperatorEntry } from '../../syntax/index.js';
import { entries } from './entries.js';
import { filter, mapKeys, mapValues } from './map.js';
import { flatten } from './flatten.js';
import { rename } from './rename.js';

/** Operators on the members of objects. */
export const objectOperators: readonly OperatorEntry[] = [entries, mapKeys, mapValues, filter, flatten, rename];
