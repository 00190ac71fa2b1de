/** Dead letters, to be driven once more. */
export { parseDrivenLetters, type DrivenLetters } from './driven-letters.js';
export { LetterDrive, type DriveProgress } from './letter-drive.js';
export type { LetterPlace } from './letter-files.js';
