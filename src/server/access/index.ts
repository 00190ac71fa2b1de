/** Who may come in, and how far. */
export { admit, type AccessRules, type Caller } from './gate.js';
import './route.js';
export { ROLES, type NeededRole, type Role } from './role.js';
export { configTokens, digestOf, newToken, type KnownToken } from './token.js';
