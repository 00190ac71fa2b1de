/** The parts of a URL; null for a missing part. */
export interface UrlParts {
  readonly scheme: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly path: string | null;
  readonly query: string;
  readonly fragment: string | null;
}

/** RFC 3986, appendix B, for a URL with a scheme. */
const FORM = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/;
const HOST_AND_PORT = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]*)(?::([0-9]*))?$/;
/** Browsers read a backslash as a slash, so a later reader would see a different host. */
const FORBIDDEN = /[\u0000-\u0020\u007f"<>\\^`{|}]/;
/** Schemes whose URLs need a host. */
const WITH_HOST = new Set(['http', 'https', 'ws', 'wss', 'ftp']);
const PORT_MAX = 65_535;

/** Splits an absolute URL, or returns what is wrong with it. */
export function splitUrl(text: string): UrlParts | string {
  const [, scheme, authority, path, query = '', fragment = null] = FORM.exec(text) ?? [];
  if (scheme === undefined) return 'it does not begin with a scheme, like https://';
  const known = scheme.toLowerCase();
  const found = placeOf(authority ?? '');
  if (typeof found === 'string') return found;
  if (found.host === '' && WITH_HOST.has(known)) return `${known}:// must be followed by a host`;
  return {
    scheme: known,
    host: found.host === '' ? null : found.host,
    port: found.port,
    path: path === undefined || path === '' ? null : path,
    query,
    fragment,
  };
}

/** Returns host and port, without the user that may precede them. */
function placeOf(authority: string): { readonly host: string; readonly port: number | null } | string {
  const forbidden = FORBIDDEN.exec(authority)?.[0];
  if (forbidden !== undefined) return `the host has the character ${JSON.stringify(forbidden)}`;
  const [, host, port] = HOST_AND_PORT.exec(authority.slice(authority.lastIndexOf('@') + 1)) ?? [];
  if (host === undefined) return 'host and port have the form example.org:8080';
  if (port === undefined || port === '') return { host: host.toLowerCase(), port: null };
  const number = Number(port);
  if (number > PORT_MAX) return `ports end at ${PORT_MAX}`;
  return { host: host.toLowerCase(), port: number };
}
