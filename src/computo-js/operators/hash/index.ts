/** Operators that tell values apart without showing them. */
import type { Operator } from '../../syntax/index.js';
import { bucket } from './bucket.js';
import { sha256 } from './sha256.js';

export const hashOperators: readonly Operator[] = [sha256, bucket];
