/** Floor 1: the event envelope and its ids. */
export type { Event, EventMetadata } from './event.js';
export { ID_COUNTER_RANGE, ID_LENGTH, eventId, eventIdWriter } from './id.js';
