import { afterAll, describe, expect, it } from 'vitest';
import { connectNats, NatsUnavailableError, type NatsOptions } from '../../src/nats/index.js';
import { scratch } from '../support/cli.js';
import { NATS_MISSING, startNatsServer, type TestNatsServer } from '../support/nats-server.js';
import { certificatesIn, keyUser, signedUsers } from '../support/secured-nats.js';

describe.skipIf(NATS_MISSING !== '')(`a connection to NATS${NATS_MISSING}`, { concurrent: true }, () => {
  const servers: TestNatsServer[] = [];
  const serverWith = async (config: string): Promise<TestNatsServer> => {
    const server = await startNatsServer(config);
    servers.push(server);
    return server;
  };
  afterAll(() => Promise.all(servers.map((server) => server.end())));

  it('is accepted with credentials that an account has signed, and with no others', async () => {
    const { config, credentials, forged } = await signedUsers();
    const { url } = await serverWith(config);
    await works({ urls: [url], credentials });
    await isRefused(
      { urls: [url], credentials: forged },
      /rejects our credentials/,
      /nats\.credentials/,
      seedIn(forged),
    );
    await isRefused({ urls: [url] }, /rejects our credentials/, /nats\.credentials/);
    await isRefused({ urls: [url], credentials: 'sesame' }, /contains no credentials/, /\.creds file/, 'sesame');
  });

  it('is accepted with an NKEY that the server knows, and with no other', async () => {
    const [known, stranger] = [keyUser(), keyUser()];
    const { url } = await serverWith(`authorization: { users: [{ nkey: ${known.publicKey} }] }`);
    await works({ urls: [url], nkey: `${known.seed}\n` });
    await isRefused({ urls: [url], nkey: stranger.seed }, /rejects our credentials/, /nats\.nkey/, stranger.seed);
    await isRefused({ urls: [url], nkey: 'SUsesame' }, /is not a user seed/, /begins with SU/, 'sesame');
  });

  it('is accepted with a name and a password, or a token, also in the address', async () => {
    const named = await serverWith('authorization: { user: me, password: "open sesame" }');
    await works({ urls: [named.url], user: 'me', password: 'open sesame' });
    await works({ urls: [named.url.replace('//', '//me:open%20sesame@')] });
    const wrong = { urls: [named.url.replace('//', '//me:simsalabim@')] };
    await isRefused(wrong, /rejects our credentials/, /nats\.password/, 'simsalabim');
    const tokened = await serverWith('authorization: { token: "open sesame" }');
    await works({ urls: [tokened.url], token: 'open sesame' });
    await isRefused(
      { urls: [tokened.url], token: 'simsalabim' },
      /rejects our credentials/,
      /nats\.token/,
      'simsalabim',
    );
  });

  it('is encrypted when the server asks for it, and trusts the configured certificates', async () => {
    const { ca, server, client } = certificatesIn(scratch());
    // A busy machine takes longer for a handshake than the server waits by default.
    const files = `cert_file: "${server.cert}", key_file: "${server.key}", timeout: 20`;
    const { url } = await serverWith(`tls: { ${files} }`);
    await works({ urls: [url], tls: { ca } });
    await works({ urls: [url.replace('nats:', 'tls:')], tls: { ca } });
    await isRefused({ urls: [url] }, /unable to verify/, /nats\.tls\.ca/);
    await isRefused({ urls: [url.replace('127.0.0.1', 'localhost')], tls: { ca } }, /altnames/, /nats\.url/);
    const mutual = await serverWith(`tls: { ${files}, ca_file: "${ca}", verify: true }`);
    await works({ urls: [mutual.url], tls: { ca, ...client } });
    await isRefused({ urls: [url], tls: { ca: '/nowhere/ca.pem' } }, /nowhere/, /PEM files/);
  });

  it('is never in clear where tls:// is asked for', async () => {
    const { url } = await serverWith('');
    await isRefused({ urls: [url.replace('nats:', 'tls:')] }, /it has no TLS/, /certificate/);
  });

  it('fails when there is no server', async () => {
    await isRefused({ urls: ['nats://127.0.0.1:1'] }, /connection refused/, /start it, with JetStream/);
  });
});

async function works(options: Omit<NatsOptions, 'name'>): Promise<void> {
  const link = await connectNats({ name: 'test', ...options }, Date.now);
  const { streams } = await link.jsm.getAccountInfo();
  expect(streams).toBe(0);
  await link.close();
}

/** @param secret must not be told */
async function isRefused(
  options: Omit<NatsOptions, 'name'>,
  reason: RegExp,
  advice: RegExp,
  secret?: string,
): Promise<void> {
  const error: unknown = await connectNats({ name: 'test', ...options }, Date.now).catch((thrown: unknown) => thrown);
  if (!(error instanceof NatsUnavailableError)) throw new Error('it was let in', { cause: error });
  expect(error.message).toMatch(reason);
  expect(error.advice).toMatch(advice);
  if (secret !== undefined) expect(`${error.message} ${error.advice ?? ''}`).not.toContain(secret);
}

function seedIn(credentials: string): string {
  return /^SU\w+$/m.exec(credentials)?.[0] ?? '';
}
