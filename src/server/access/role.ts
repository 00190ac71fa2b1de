/** What a token permits: sending events, reading everything, or both plus making changes. */
export type AccessRole = (typeof ROLES)[number];

export const ROLES = ['ingest', 'read', 'admin'] as const;

/** What a route requires of its callers: a role, a token of any role, or nothing. */
export type NeededRole = AccessRole | 'any' | 'public';

export function covers(role: AccessRole, needed: NeededRole): boolean {
  return role === 'admin' || role === needed || needed === 'any' || needed === 'public';
}
