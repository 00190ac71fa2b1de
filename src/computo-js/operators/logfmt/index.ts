import type { Operator } from '../../syntax/index.js';
import { parse } from './parse.js';

export const logfmtOperators: readonly Operator[] = [parse];
