/** Why a server can't be used, and what to do about it. Neither holds anything of what was sent to it. */
export interface Refusal {
  readonly reason: string;
  readonly advice: string;
  /** Nobody answers there: a server that is started later may. */
  readonly isAway: boolean;
}

interface Known extends Partial<Refusal> {
  /** In the name, the code or the message of an error. */
  readonly sign: RegExp;
  readonly advice: string;
}

/** What the client, Node and nats-server say, and what it means; the first that fits. */
const KNOWN: readonly Known[] = [
  {
    sign: /authorization violation|authentication (?:expired|revoked|timeout)|account authentication/i,
    reason: 'it does not let us in',
    advice:
      'what it asks for goes into the config: nats.credentials (a .creds file), nats.nkey, nats.token, or nats.user and nats.password',
  },
  {
    sign: /unable to parse credentials/,
    reason: 'the file of nats.credentials has no credentials in it',
    advice: 'give it the .creds file that nsc or nk made for this user',
  },
  {
    sign: /^nkeys/i,
    reason: 'nats.nkey, or the key in the file of nats.credentials, is no seed of a user',
    advice: 'a seed begins with SU; the server knows the public key that belongs to it',
  },
  {
    sign: /ALTNAME_INVALID/,
    advice: 'use the name or address in nats.url that its certificate is for, and tls:// in front of an address',
  },
  {
    sign: /UNABLE_TO_|SELF_SIGNED|CERT_|_CERT/,
    advice: 'nats.tls.ca names the PEM file of whoever signed its certificate',
  },
  {
    sign: /server does not support 'tls'/,
    reason: 'it has no TLS, and the config wants it',
    advice: 'give it a certificate, or write nats:// in nats.url and leave nats.tls out',
  },
  {
    sign: /ERR_SSL|alert|ECONNRESET|bad certificate|doesn't exist|PEM/i,
    advice:
      'if it asks for certificates: nats.tls.cert and nats.tls.key name the PEM files of ours, signed by whom it trusts',
  },
  {
    sign: /timeout/i,
    reason: 'it does not answer',
    isAway: true,
    advice: 'is it a NATS server? One that asks for our certificate is silent, too: nats.tls.cert and nats.tls.key',
  },
  { sign: /jetstream/i, reason: 'it has no JetStream for us', advice: 'start it with JetStream: nats-server -js' },
];

/** What the operating system says where nobody answers. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

export function refusalOf(error: unknown): Refusal {
  const { name, message, code } = factsOf(error);
  const known = KNOWN.find(({ sign }) => [name, message, code].some((text) => sign.test(text)));
  return {
    reason: known?.reason ?? (message || name),
    advice: known?.advice ?? 'is it running, with JetStream: nats-server -js ?',
    isAway: known?.isAway ?? NOBODY_THERE.has(code),
  };
}

function factsOf(error: unknown): { readonly name: string; readonly message: string; readonly code: string } {
  if (!(error instanceof Error)) return { name: '', message: String(error), code: '' };
  // The client says in its own words what the operating system said.
  const code = codeOf(error) ?? codeOf(error.cause) ?? '';
  return { name: error.name, message: error.message, code };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
