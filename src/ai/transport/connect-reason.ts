import { STATUS_CODES } from 'node:http';
import { ProxyError } from './tunnel-agent.js';

/** The meaning of Node's error codes. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up',
  EPROTO: 'it speaks no TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it speaks no TLS',
};
/** Errors that may not recur. */
const PASSING: Readonly<Record<string, string>> = {
  ECONNRESET: 'it was closed from there',
  EPIPE: 'it was closed from there',
  ETIMEDOUT: 'nothing answers there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
};
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_/;

/** Statuses by which a proxy says that it is set up differently, or wants a password, not that it is busy. */
const REFUSALS: ReadonlySet<number | undefined> = new Set([400, 401, 403, 404, 405, 407]);

/** Why there is no connection. `lasting`: it is likely to fail until a person fixes it. */
export interface ConnectReason {
  /** For a person, without the address and port that Node puts into some messages. */
  readonly message: string;
  readonly lasting: boolean;
}

/** @param host the host to connect to */
export function reasonOf(error: Error, host: string): ConnectReason {
  if (error instanceof ProxyError) {
    const { proxy, status, cause } = error;
    if (status === undefined) return reasonOf(cause instanceof Error ? cause : error, `the proxy ${proxy}`);
    const words = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
    return { message: `the proxy ${proxy} refuses a connection to ${host}: ${words}`, lasting: REFUSALS.has(status) };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const words = WORDS[code] ?? (CERTIFICATE.test(code) ? 'its certificate is not trusted' : undefined);
  const shown = words ?? PASSING[code] ?? (code.startsWith('HPE_') ? 'it does not answer in HTTP' : undefined);
  const reason = shown === undefined ? code : `${shown} (${code})`;
  return { message: `connection to ${host} failed: ${reason}`, lasting: words !== undefined };
}
