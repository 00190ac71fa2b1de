import type { OperatorEntry } from '../../syntax/index.js';
import { get } from './get.js';

export const tableOperators: readonly OperatorEntry[] = [get];
