/** Sizes and durations as people write them. Lightweight: imports nothing. */
export { DURATION_PATTERN, parseDuration } from './duration.js';
export { isLoopback } from './host.js';
export { isInSeconds, momentProblem, MOMENT_WORDS, parseMoment } from './moment.js';
export { parseSize, SIZE_PATTERN } from './size.js';
