import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Algorithms, encodeAccount, encodeOperator, encodeUser, fmtCreds } from '@nats-io/jwt';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';

/** A user of NATS that is known by a key: the server knows the public half. */
export interface KeyUser {
  readonly publicKey: string;
  readonly seed: string;
}

export function keyUser(): KeyUser {
  const pair = createUser();
  return { publicKey: pair.getPublicKey(), seed: seedOf(pair) };
}

/** What a server whose users come with credentials is configured with, and credentials of one of them. */
export interface SignedUsers {
  /** Lines of the server's config. */
  readonly config: string;
  /** A `.creds` file that it knows, and one that somebody else has signed. */
  readonly credentials: string;
  readonly forged: string;
}

/** An operator, an account that may use JetStream, and users that it has signed. */
export async function signedUsers(): Promise<SignedUsers> {
  const [operator, system, account, stranger] = [createOperator(), createAccount(), createAccount(), createAccount()];
  const v2 = { algorithm: Algorithms.v2 };
  const jetstream = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const signed = { ...v2, signer: operator };
  const [operatorToken, systemToken, accountToken] = await Promise.all([
    encodeOperator('test', operator, { system_account: system.getPublicKey() }, v2),
    encodeAccount('system', system, {}, signed),
    encodeAccount('account', account, { limits: { ...UNLIMITED, ...jetstream } }, signed),
  ]);
  const credentialsBy = async (signer: KeyPair): Promise<string> => {
    const user = createUser();
    return textOf(fmtCreds(await encodeUser('user', user, signer, {}, v2), user));
  };
  return {
    config: `
operator: ${operatorToken}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: { ${system.getPublicKey()}: ${systemToken}, ${account.getPublicKey()}: ${accountToken} }
`,
    credentials: await credentialsBy(account),
    forged: await credentialsBy(stranger),
  };
}

const UNLIMITED = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};

/** Files of a certificate authority, and of certificates for 127.0.0.1 that it has signed, in a folder. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

export function certificatesIn(folder: string): Certificates {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  openssl('req', '-x509', ...key, '-subj', '/CN=test authority', '-keyout', 'ca-key.pem', '-out', 'ca.pem');
  const issue = (name: string): { readonly cert: string; readonly key: string } => {
    const files = ['-keyout', `${name}-key.pem`, '-out', `${name}.pem`];
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-addext', 'subjectAltName=IP:127.0.0.1'];
    openssl('req', '-x509', ...key, ...signer, '-subj', `/CN=${name}`, ...files);
    return { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
  };
  return { ca: join(folder, 'ca.pem'), server: issue('server'), client: issue('client') };
}

function seedOf(pair: KeyPair): string {
  return textOf(pair.getSeed());
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
