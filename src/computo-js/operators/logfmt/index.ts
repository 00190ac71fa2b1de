import type { OperatorEntry } from '../../syntax/index.js';
import { parse } from './parse.js';

export const logfmtOperators: readonly OperatorEntry[] = [parse];
