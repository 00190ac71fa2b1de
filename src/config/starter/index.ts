/** The files that `init` writes. Lightweight: nothing but text. */
export { starterConfig, STARTER_SAMPLE, STARTER_TESTS } from './starter.js';
