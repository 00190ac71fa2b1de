import { hash, randomBytes } from 'node:crypto';
import type { AccessRole } from './role.js';

const SECRET_BYTES = 32;
const ID_BYTES = 6;

/** Recognizable for secret scanners: `clq_`, the id, `_`, 256 random bits. */
const OURS = /^clq_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

/** A valid token. Only its hash is stored. */
export interface KnownToken {
  /** Identifies the token among others; not secret. */
  readonly id: string;
  readonly role: AccessRole;
  /** SHA-256 of its text, in bytes. */
  readonly digest: Buffer;
  /** Milliseconds since the epoch; undefined: it never expires. */
  readonly expires?: number;
}

/** A newly created token: the only moment at which its text is known. */
export interface NewToken {
  readonly id: string;
  readonly text: string;
}

export function newToken(): NewToken {
  const id = randomBytes(ID_BYTES).toString('hex');
  return { id, text: `clq_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}` };
}

/** The id in a token; undefined if the token was not made by Colloquium. */
export function idIn(token: string): string | undefined {
  return OURS.exec(token)?.[1];
}

/** The stored form of a token. Tokens are random and long, so a slow hash isn't needed. */
export function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** The tokens of a config; each has the role admin. */
export function configTokens(texts: readonly string[]): readonly KnownToken[] {
  return texts.map((text, i) => ({ id: `server.tokens[${i}]`, role: 'admin', digest: digestOf(text) }));
}
