import { BlockList, isIP, isIPv4 } from 'node:net';

/** Environment variables by name. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Returns the proxy that the environment names for an address, with curl's rules: `HTTPS_PROXY` or `HTTP_PROXY` by the address's
 * scheme, unless `NO_PROXY` names its host; lower-case names take precedence. A proxy without a scheme is contacted over plain
 * HTTP.
 *
 * @throws RangeError if the variable is not the URL of an HTTP proxy
 */
export function proxyFor(address: string, env: Variables): string | undefined {
  const url = new URL(address);
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const value = (env[name] ?? env[name.toUpperCase()] ?? '').trim();
  if (value === '' || isExempt(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const proxy = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!isProxy(proxy)) throw new RangeError(`${name.toUpperCase()} is not the URL of an HTTP proxy`);
  return proxy;
}

/** Whether a text is the URL of an HTTP proxy. */
export function isProxy(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** `NO_PROXY` lists hosts (including their subdomains), addresses and networks, each with or without a port; `*` means all. */
function isExempt(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list.split(/[\s,]+/).some((written) => {
    const entry = written.toLowerCase();
    if (entry === '' || entry === '*') return entry === '*';
    if (entry.includes('/')) return isInNetwork(host, entry);
    if (isIP(entry) !== 0) return entry === host;
    const [, name = entry, ownPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (ownPort !== undefined && ownPort !== port) return false;
    const suffix = bare(name).replace(/^\*?\./, '');
    return host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
  });
}

/** Removes the brackets of an IPv6 address. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  if (isIP(host) === 0 || isIP(address) === 0 || !/^\d+$/.test(bits)) return false;
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (Number(bits) > (family === 'ipv4' ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return list.check(host, isIPv4(host) ? 'ipv4' : 'ipv6');
}
