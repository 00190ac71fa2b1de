/** Operators that distinguish values without revealing them. */
import type { OperatorEntry } from '../../syntax/index.js';
import { bucket } from './bucket.js';
import { sha256 } from './sha256.js';

export const hashOperators: readonly OperatorEntry[] = [sha256, bucket];
