/** What `init` writes. Light: nothing but text. */
export { starterConfig, STARTER_SAMPLE, type StarterNames } from './starter.js';
