import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../../config/units/index.js';
import { HttpError } from '../http-error.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps pages of other sites from changing anything through a browser that is let in, by its password or because everybody
 * is. A browser says where a request comes from; programs say nothing, and are no danger.
 *
 * @throws HttpError 403
 */
export function refuseCrossSite(method: string, headers: IncomingHttpHeaders): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if ((origin === undefined && site === undefined) || SAFE_METHODS.has(method)) return;
  // Browsers say it of places that they trust (https, localhost); elsewhere the names are compared.
  const isOwn = site === undefined ? hostOf(origin) === host : site === 'same-origin' || site === 'none';
  if (!isOwn) throw new HttpError(403, 'Forbidden', 'pages of other sites may change nothing here');
}

/**
 * Keeps pages of other sites from reading a server that asks nobody for a token, by having their name mean this machine
 * (DNS rebinding). Any other name may be theirs, and any address but a loopback one may be reached under it.
 *
 * @param host the header; programs that send none are no browsers
 * @param ownNames this machine's name, and the one that the server listens by, in lower case
 * @throws HttpError 403
 */
export function refuseForeignHost(host: string | undefined, ownNames: ReadonlySet<string>): void {
  if (host === undefined) return;
  const name = /^(\[[0-9a-f:.]+\]|[^:/@[\]]+)(?::[0-9]*)?$/i.exec(host)?.[1];
  if (name !== undefined && (isLoopback(name) || ownNames.has(name.toLowerCase()))) return;
  const message = 'without tokens it answers to names of this machine only: create a token, or set server.insecure';
  throw new HttpError(403, 'Forbidden', message);
}

function hostOf(origin: string | undefined): string | undefined {
  return origin === undefined || !URL.canParse(origin) ? undefined : new URL(origin).host;
}
