const LOOPBACK = /^(?:(?:[^.]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|::1)\.?$/i;

/** Whether a host name or address can be reached only from this machine: `localhost`, names below it, 127.0.0.0/8, `::1`. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.replace(/^\[(.*)\]$/, '$1'));
}
