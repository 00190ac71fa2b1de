import type { OperatorEntry } from '../../syntax/index.js';
import { parse } from './parse.js';
import { text } from './text.js';

export const jsonOperators: readonly OperatorEntry[] = [parse, text];
