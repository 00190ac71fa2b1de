/** The AI floor, as a config describes it. */
export { inStoreFolder } from './in-store-folder.js';
export { locationOf } from './open-client.js';
