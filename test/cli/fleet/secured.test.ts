import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectNats, type NatsOptions } from '../../../src/nats/index.js';
import { runCli, scratch } from '../../support/cli.js';
import { startDaemon, until } from '../../support/daemon.js';
import { NATS_MISSING, startNatsServer } from '../../support/nats-server.js';
import { certificatesIn, keyUser, signedUsers } from '../../support/secured-nats.js';

/** A server that lets in only whom it knows, and how a daemon shows who it is. */
interface Lock {
  readonly server: string;
  /** For the section `nats` of the daemon's config. */
  readonly config: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** For the test itself. */
  readonly options: Partial<NatsOptions>;
  /** Instead of the file or variable that holds the secret. */
  readonly wrong: {
    readonly files?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
  };
  readonly secrets: readonly string[];
}

const LOCKS: Readonly<Record<string, () => Promise<Lock>>> = {
  async credentials() {
    const { config, credentials, forged } = await signedUsers();
    return {
      server: config,
      config: 'credentials: ./user.creds',
      files: { 'user.creds': credentials },
      env: {},
      options: { credentials },
      wrong: { files: { 'user.creds': forged } },
      secrets: forged.split('\n').filter((line) => /^(?:SU|ey)/.test(line)),
    };
  },
  async 'an NKEY, and certificates on both sides'() {
    const [known, stranger] = [keyUser(), keyUser()];
    const { ca, server, client } = certificatesIn(scratch());
    const tls = { ca, ...client };
    return Promise.resolve({
      server: `
authorization: { users: [{ nkey: ${known.publicKey} }] }
tls: { cert_file: "${server.cert}", key_file: "${server.key}", ca_file: "${ca}", verify: true, timeout: 20 }
`,
      config: `nkey: "\${NATS_SEED}", tls: ${JSON.stringify(tls)}`,
      env: { NATS_SEED: known.seed },
      options: { nkey: known.seed, tls },
      wrong: { env: { NATS_SEED: stranger.seed } },
      secrets: [stranger.seed],
    });
  },
  async 'a password'() {
    return Promise.resolve({
      server: 'authorization: { user: me, password: "open sesame" }',
      config: 'user: me, password: "${NATS_PASSWORD}"',
      env: { NATS_PASSWORD: 'open sesame' },
      options: { user: 'me', password: 'open sesame' },
      wrong: { env: { NATS_PASSWORD: 'simsalabim' } },
      secrets: ['simsalabim'],
    });
  },
  async 'a token'() {
    return Promise.resolve({
      server: 'authorization: { token: "open sesame" }',
      config: 'token: "${NATS_TOKEN}"',
      env: { NATS_TOKEN: 'open sesame' },
      options: { token: 'open sesame' },
      wrong: { env: { NATS_TOKEN: 'simsalabim' } },
      secrets: ['simsalabim'],
    });
  },
};

describe.skipIf(NATS_MISSING !== '')(`a server that asks for${NATS_MISSING}`, { concurrent: true }, () => {
  it.each(Object.keys(LOCKS))('%s is read from, written to and joined, and says no to others', async (name) => {
    const lock = await LOCKS[name]?.();
    if (lock === undefined) throw new Error(name);
    const server = await startNatsServer(lock.server);
    const link = await connectNats({ urls: [server.url], name: 'test', ...lock.options }, Date.now);
    await link.jsm.streams.add({ name: 'TEST', subjects: ['orders', 'results'] });
    const cwd = scratch();
    const put = (files: Readonly<Record<string, string>> = {}): void => {
      for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text);
    };
    put(lock.files);
    const config = `
nats: { url: "${server.url}", ${lock.config} }
sources: [{ nats: orders }]
pipelines: { default: { outputs: [{ nats: results }] } }
`;
    const member = await startDaemon(config, { cwd, env: lock.env, args: ['--join', server.url] });
    await link.js.publish('orders', '{"n":1}');
    await until(async () => (await link.jsm.streams.info('TEST')).state.messages === 2, 'the event is out');
    const result = await link.jsm.streams.getMessage('TEST', { last_by_subj: 'results' });
    expect(result?.json()).toEqual({ n: 1 });
    expect(await member.end()).toBe(0);

    put(lock.wrong.files);
    const env = { ...lock.env, ...lock.wrong.env };
    const { exit, stderr } = await runCli(['serve', '--join', server.url], { cwd, env });
    expect(exit).toBe(69);
    expect(stderr).toContain(`cannot use NATS at ${server.url}: it rejects our credentials`);
    expect(stderr).toContain('nats.credentials (a .creds file), nats.nkey, nats.token, or nats.user and nats.password');
    for (const secret of lock.secrets) expect(stderr).not.toContain(secret);
    await link.close();
    await server.end();
  });
});
