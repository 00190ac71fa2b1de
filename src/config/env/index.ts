/** Values from outside the config file: environment variables and secrets. */
export { filledText, fillPlaceholders, hasPlaceholder, type Env } from './placeholders.js';
export { formsOf, hide, hiding } from './mask.js';
export { maskSecrets, Secret } from './secret.js';
