import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpError } from './http-error.js';

const SCHEME = /^Bearer +([^\s]+) *$/i;

/**
 * Who may come in: whoever has one of the tokens, or everybody when there is none.
 *
 * @returns throws HttpError 401 for a request whose Authorization header has no valid token
 */
export function accessBy(tokens: readonly string[]): (authorization: string | undefined) => void {
  const known = tokens.map(digest);
  if (known.length === 0) return () => undefined;
  return (authorization) => {
    const token = SCHEME.exec(authorization ?? '')?.[1];
    if (token === undefined) throw refused('send a token: "Authorization: Bearer …"');
    const given = digest(token);
    // Digests have one length and tell nothing of the token; every one is compared, whichever fits.
    const fitting = known.filter((one) => timingSafeEqual(one, given));
    if (fitting.length === 0) throw refused('the token is not valid');
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function refused(message: string): HttpError {
  return new HttpError(401, 'Unauthorized', message, {}, { 'www-authenticate': 'Bearer realm="colloquium"' });
}
