import type { Operator } from '../../syntax/index.js';
import { parseQuery } from './query.js';
import { parseUrl } from './url.js';

export const urlOperators: readonly Operator[] = [parseUrl, parseQuery];
