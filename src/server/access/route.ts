import type { Caller } from './gate.js';
import type { NeededRole } from './role.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route requires of its callers; a route without it is for admins only. */
    readonly role?: NeededRole;
  }
  interface FastifyRequest {
    /** The sender; undefined when the route is public. */
    caller: Caller | undefined;
    /** Whether the caller is still authorized; if not, this is logged as a rejection. True when the route is public. */
    isAdmitted(): boolean;
  }
}
