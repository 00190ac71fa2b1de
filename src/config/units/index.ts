/** Sizes and durations as people write them. Light: imports nothing. */
export { DURATION_PATTERN, parseDuration } from './duration.js';
export { MOMENT_WORDS, parseMoment } from './moment.js';
export { parseSize, SIZE_PATTERN } from './size.js';
