/** Dead letters that are retried. */
export { parseDrivenLetters, type DrivenLetters } from './driven-letters.js';
export { LetterDrive, type DriveProgress } from './letter-drive.js';
export type { LetterPlace } from './letter-files.js';
