/** Who may call which routes. */
export type { AuditEntry, AuditTrail } from './audit.js';
export type { AccessRules } from './gate.js';
export { payerOf } from './payer.js';
export { guard, type Guard, type GuardOptions, type RequestRateLimits } from './guard.js';
import './route.js';
export { ROLES, type NeededRole, type AccessRole } from './role.js';
export {
  createToken,
  readToken,
  revokeToken,
  TokenFileError,
  tokenFolderOf,
  tokenIds,
  type TokenRecord,
} from './token-folder.js';
export { configTokens, digestOf, newToken, type KnownToken } from './token.js';
