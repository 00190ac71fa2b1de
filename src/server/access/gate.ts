import { timingSafeEqual } from 'node:crypto';
import { HttpError } from '../http-error.js';
import { covers, type NeededRole, type AccessRole } from './role.js';
import { digestOf, idIn, type KnownToken } from './token.js';

const BEARER = /^Bearer +([^\s]+) *$/i;
/** The token is the password: a browser can send no other credentials with a page or an event stream. */
const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i;

const CHALLENGES = ['Bearer realm="colloquium"', 'Basic realm="colloquium", charset="UTF-8"'];

/** Who is authorized. May change while the server runs. */
export interface AccessRules {
  /** Whether requests without a token are authorized, as an admin: under this machine's own names, under any name, or not at all. */
  readonly open: 'locally' | 'anyhow' | 'no';
  /** Tokens from the config. */
  readonly configured: readonly KnownToken[];
  /** Created tokens, by id. */
  readonly created: ReadonlyMap<string, KnownToken>;
}

/** The sender of a request. */
export interface Caller {
  /** The token's id; undefined when no token is required. */
  readonly token: string | undefined;
  readonly role: AccessRole;
  /** The token's digest. */
  readonly digest: Buffer | undefined;
}

const ANYBODY: Caller = { token: undefined, role: 'admin', digest: undefined };

/**
 * Authorizes a caller by the Authorization header.
 *
 * @param now milliseconds since the epoch
 * @throws HttpError 401 without a valid token, 403 when its role is not sufficient
 */
export function admit(rules: AccessRules, authorization: string | undefined, needed: NeededRole, now: number): Caller {
  if (rules.open !== 'no') return ANYBODY;
  const text = tokenIn(authorization ?? '');
  if (text === undefined) throw refused('send a token: "Authorization: Bearer …"');
  const token = knownToken(rules, text);
  if (token === undefined) throw refused('the token is not valid');
  if (token.expires !== undefined && token.expires <= now) throw refused('the token has expired');
  if (!covers(token.role, needed)) throw beyondRole(token.role, needed);
  return { token: token.id, role: token.role, digest: token.digest };
}

/**
 * Whether an authorized caller would be authorized again, with the same role.
 *
 * @param now milliseconds since the epoch
 */
export function stillAdmits({ open, created, configured }: AccessRules, caller: Caller, now: number): boolean {
  const { token: id, role, digest } = caller;
  if (id === undefined || digest === undefined) return open !== 'no';
  const token = created.get(id) ?? configured.find((one) => one.id === id);
  if (token?.role !== role || !token.digest.equals(digest)) return false;
  return token.expires === undefined || token.expires > now;
}

function tokenIn(authorization: string): string | undefined {
  const bearer = BEARER.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = BASIC.exec(authorization)?.[1];
  if (basic === undefined) return undefined;
  const [, password] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
  return password;
}

/** Digests have a fixed length and reveal nothing about the token: comparing them takes constant time. */
function knownToken({ configured, created }: AccessRules, text: string): KnownToken | undefined {
  const digest = digestOf(text);
  const own = created.get(idIn(text) ?? '');
  if (own !== undefined && timingSafeEqual(own.digest, digest)) return own;
  // Compares all digests, regardless of which one matches.
  return configured.filter((one) => timingSafeEqual(one.digest, digest))[0];
}

function refused(message: string): HttpError {
  return new HttpError(401, 'Unauthorized', message, {}, { 'www-authenticate': CHALLENGES });
}

function beyondRole(role: AccessRole, needed: NeededRole): HttpError {
  const message = `this requires a token with the role ${needed} (or admin); this one has ${role}`;
  return new HttpError(403, 'Forbidden', message);
}
