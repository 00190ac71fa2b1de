import type { OperatorEntry } from '../../syntax/index.js';
import { parse } from './parse.js';

export const csvOperators: readonly OperatorEntry[] = [parse];
