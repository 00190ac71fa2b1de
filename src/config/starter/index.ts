/** What `init` writes. Light: nothing but text. */
export { starterConfig, STARTER_SAMPLE } from './starter.js';
