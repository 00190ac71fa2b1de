import type { Log } from '../log/index.js';

/** What the server uses of the stored log. */
export type EventStore = Pick<Log, 'append' | 'read' | 'recent' | 'tryAppend'>;
