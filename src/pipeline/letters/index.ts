/** Dead letters that are retried. */
export { parseRetriedLetters, type RetriedLetters } from './retried-letters.js';
export { LetterRetry, type RetryProgress } from './letter-retry.js';
export type { LetterPlace } from './letter-files.js';
