/** Why a server can't be used, and what to do about it. Neither text contains anything that was sent to the server. */
export interface Refusal {
  readonly reason: string;
  readonly advice: string;
  /** Whether nothing answers there. A server that is started later may. */
  readonly isUnreachable: boolean;
}

interface Known extends Partial<Refusal> {
  /** Matched against the name, the code and the message of an error. */
  readonly sign: RegExp;
  readonly advice: string;
}

/** Errors of the client, Node.js and nats-server, and what they mean. The first match counts. */
const KNOWN: readonly Known[] = [
  {
    sign: /authorization violation|authentication (?:expired|revoked|timeout)|account authentication/i,
    reason: 'it rejects our credentials',
    advice:
      'configure the credentials that it asks for: nats.credentials (a .creds file), nats.nkey, nats.token, or nats.user and nats.password',
  },
  {
    sign: /unable to parse credentials/,
    reason: 'the file of nats.credentials contains no credentials',
    advice: 'give it the .creds file that nsc or nk made for this user',
  },
  {
    sign: /^nkeys/i,
    reason: 'nats.nkey, or the key in the file of nats.credentials, is not a user seed',
    advice: 'a seed begins with SU; the server knows the public key that belongs to it',
  },
  {
    sign: /ALTNAME_INVALID/,
    advice: 'in nats.url, use the name or address that its certificate is for, with tls:// in front of an address',
  },
  {
    sign: /UNABLE_TO_|SELF_SIGNED|CERT_|_CERT/,
    advice: 'set nats.tls.ca to the PEM file of the authority that signed its certificate',
  },
  {
    sign: /server does not support 'tls'/,
    reason: 'it has no TLS, but the config requires it',
    advice: 'give it a certificate, or write nats:// in nats.url and remove nats.tls',
  },
  {
    sign: /ERR_SSL|alert|ECONNRESET|bad certificate|doesn't exist|PEM/i,
    advice:
      'if it asks for certificates, set nats.tls.cert and nats.tls.key to the PEM files of ours, signed by an authority that it trusts',
  },
  {
    sign: /timeout/i,
    reason: 'it does not answer',
    isUnreachable: true,
    advice:
      'check that it is a NATS server; one that asks for our certificate is silent, too: nats.tls.cert and nats.tls.key',
  },
  {
    sign: /jetstream/i,
    reason: 'JetStream is not available to us',
    advice: 'start it with JetStream: nats-server -js',
  },
];

/** The operating system's codes if nothing answers. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

export function refusalOf(error: unknown): Refusal {
  const { name, message, code } = factsOf(error);
  const known = KNOWN.find(({ sign }) => [name, message, code].some((text) => sign.test(text)));
  return {
    reason: known?.reason ?? (message || name),
    advice: known?.advice ?? 'start it, with JetStream: nats-server -js',
    isUnreachable: known?.isUnreachable ?? NOBODY_THERE.has(code),
  };
}

function factsOf(error: unknown): { readonly name: string; readonly message: string; readonly code: string } {
  if (!(error instanceof Error)) return { name: '', message: String(error), code: '' };
  // The client rewords the operating system's message.
  const code = codeOf(error) ?? codeOf(error.cause) ?? '';
  return { name: error.name, message: error.message, code };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
