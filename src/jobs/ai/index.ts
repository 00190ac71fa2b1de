/** The AI floor, as configured. */
export { inStoreFolder } from './in-store-folder.js';
export { aiSettings } from './ai-settings.js';
export { locationOf, openAi } from './open-client.js';
