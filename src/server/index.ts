/** Floor 6: the HTTP server of the daemon. To be imported only by whoever serves. */
export { EventReader, type EventText } from './event-reader.js';
export { metadataText } from './entries.js';
export { healthOf, type Health, type HealthComponent } from './health.js';
export { startServer, type RunningServer, type ServerOptions } from './server.js';
export type { ServerSettings } from './settings.js';
