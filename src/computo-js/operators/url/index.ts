import type { OperatorEntry } from '../../syntax/index.js';
import { parseQuery } from './query.js';
import { parseUrl } from './url.js';

export const urlOperators: readonly OperatorEntry[] = [parseUrl, parseQuery];
