import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../../config/units/index.js';
import { HttpError } from '../http-error.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Prevents pages of other sites from changing anything through an authorized browser, whether it sends a password or no token is
 * required. A browser says where a request comes from; other programs don't, and pose no such danger.
 *
 * @throws HttpError 403
 */
export function refuseCrossSite(method: string, headers: IncomingHttpHeaders): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if ((origin === undefined && site === undefined) || SAFE_METHODS.has(method)) return;
  // Browsers send `sec-fetch-site` only to origins that they trust (https, localhost); otherwise the host names are compared.
  const isOwn = site === undefined ? hostOf(origin) === host : site === 'same-origin' || site === 'none';
  if (!isOwn) throw new HttpError(403, 'Forbidden', "pages of other sites can't change anything here");
}

/**
 * Prevents pages of other sites from reading a server without tokens through DNS rebinding, where the site's name resolves to
 * this machine. Any other name may belong to such a site, and so may any address except a loopback one.
 *
 * @param host the header; programs that send none are not browsers
 * @param ownNames this machine's name, and the name that the server listens on, in lower case
 * @throws HttpError 403
 */
export function refuseForeignHost(host: string | undefined, ownNames: ReadonlySet<string>): void {
  if (host === undefined) return;
  const name = /^(\[[0-9a-f:.]+\]|[^:/@[\]]+)(?::[0-9]*)?$/i.exec(host)?.[1];
  if (name !== undefined && (isLoopback(name) || ownNames.has(name.toLowerCase()))) return;
  const message =
    'without tokens, the daemon answers only to names of this machine: create a token, or set server.insecure';
  throw new HttpError(403, 'Forbidden', message);
}

function hostOf(origin: string | undefined): string | undefined {
  return origin === undefined || !URL.canParse(origin) ? undefined : new URL(origin).host;
}
