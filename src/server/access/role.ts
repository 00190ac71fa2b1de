/** What a token is good for: sending events, looking at everything, or all of it and changing things too. */
export type AccessRole = (typeof ROLES)[number];

export const ROLES = ['ingest', 'read', 'admin'] as const;

/** What a route asks of its callers: a role, a token of any role, or not even that. */
export type NeededRole = AccessRole | 'any' | 'public';

export function covers(role: AccessRole, needed: NeededRole): boolean {
  return role === 'admin' || role === needed || needed === 'any' || needed === 'public';
}
