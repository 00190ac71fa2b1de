import type { Log } from '../log/index.js';

/** The operations on the stored log that the server uses. */
export type EventStore = Pick<Log, 'append' | 'read' | 'recent' | 'tryAppend'>;
