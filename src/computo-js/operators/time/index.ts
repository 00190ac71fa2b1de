import type { OperatorEntry } from '../../syntax/index.js';
import { add } from './add.js';
import { diff } from './diff.js';
import { floor } from './floor.js';
import { format } from './format.js';
import { parse } from './parse.js';

/** Times are milliseconds since 1970-01-01T00:00:00Z, without leap seconds. */
export const timeOperators: readonly OperatorEntry[] = [parse, format, floor, add, diff];
