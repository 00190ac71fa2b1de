import type { Operator } from '../../syntax/index.js';
import { parse } from './parse.js';

export const csvOperators: readonly Operator[] = [parse];
