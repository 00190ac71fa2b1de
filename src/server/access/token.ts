import { hash, randomBytes } from 'node:crypto';
import type { AccessRole } from './role.js';

const SECRET_BYTES = 32;
const ID_BYTES = 6;

/** Recognisable, for programs that look for secrets in the open: `clq_`, the id, `_`, 256 random bits. */
const OURS = /^clq_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

/** A token that is let in. The token itself is not kept: only what it hashes to. */
export interface KnownToken {
  /** Tells it apart from others; no secret. */
  readonly id: string;
  readonly role: AccessRole;
  /** SHA-256 of its text, in bytes. */
  readonly digest: Buffer;
  /** Milliseconds since the epoch; undefined: it never expires. */
  readonly expires?: number;
}

/** A token that has just been made: the only moment at which its text is known. */
export interface NewToken {
  readonly id: string;
  readonly text: string;
}

export function newToken(): NewToken {
  const id = randomBytes(ID_BYTES).toString('hex');
  return { id, text: `clq_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}` };
}

/** The id that a token carries; undefined for one that was not made by us. */
export function idIn(token: string): string | undefined {
  return OURS.exec(token)?.[1];
}

/** What is kept of a token. Tokens are random and long, so that no slow hash is needed. */
export function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** The tokens that stand in a config: each lets in as an admin. */
export function configTokens(texts: readonly string[]): readonly KnownToken[] {
  return texts.map((text, i) => ({ id: `server.tokens[${i}]`, role: 'admin', digest: digestOf(text) }));
}
