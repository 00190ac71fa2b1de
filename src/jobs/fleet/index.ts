/** A fleet: daemons that share their work through a NATS server. */
export { membersPlace, resolveFleet, sharedStore } from './plan.js';
export { natsSettings } from './nats-settings.js';
export { needsNats } from './open-nats.js';
export { openLink } from './open-link.js';
export { presentMembers, REAPPEAR_MS } from './members.js';
