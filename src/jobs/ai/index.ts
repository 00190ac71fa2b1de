/** The AI floor, as configured. */
export { inStoreFolder } from './in-store-folder.js';
export { locationOf } from './open-client.js';
