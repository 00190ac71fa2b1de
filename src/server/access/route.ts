import type { Caller } from './gate.js';
import type { NeededRole } from './role.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route asks of its callers; a route that does not say is for admins only. */
    readonly role?: NeededRole;
  }
  interface FastifyRequest {
    /** Who sends it; undefined where the route is public. */
    caller: Caller | undefined;
    /** Whether it would still be let in; one that would not is noted as refused. Undefined where the route is public. */
    isAdmitted: (() => boolean) | undefined;
  }
}
