import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findDaemon } from '../../../src/cli/tap/daemon-address.js';
import { scratch } from '../../support/cli.js';

afterEach(() => vi.unstubAllEnvs());

/** A config with this server section; its path. */
function configWith(server: string): string {
  const config = join(scratch(), 'colloquium.yaml');
  writeFileSync(config, `server: ${server}\n`);
  return config;
}

it.each([
  ['{}', 'http://127.0.0.1:8080/'],
  ['{ host: 0.0.0.0, port: 9000, insecure: true }', 'http://127.0.0.1:9000/'],
  ['{ host: "::1", port: 9000 }', 'http://[::1]:9000/'],
  ['{ host: localhost, tls: { cert: c.pem, key: k.pem } }', 'https://localhost:8080/'],
])('finds the daemon of a config with server: %s', async (server, url) => {
  const found = await findDaemon({ config: configWith(server) });
  expect([found.url.href, found.token]).toEqual([url, undefined]);
});

it('takes the token from a file, else from the environment, else from the config', async () => {
  const config = configWith('{ tokens: [from-config, another] }');
  const tokenFile = join(scratch(), 'token');
  writeFileSync(tokenFile, 'from-file\n');
  expect((await findDaemon({ config })).token).toBe('from-config');
  vi.stubEnv('COLLOQUIUM_TOKEN', 'from-environment');
  expect((await findDaemon({ config })).token).toBe('from-environment');
  expect((await findDaemon({ config, tokenFile })).token).toBe('from-file');
});

it("sends a config's token to another address only when both are named", async () => {
  const config = configWith('{ tokens: [from-config] }');
  expect(await findDaemon({ url: 'localhost:9000' })).toMatchObject({ token: undefined, config: undefined });
  const both = await findDaemon({ url: 'https://events.example.com', config });
  expect([both.url.href, both.token]).toEqual(['https://events.example.com/', 'from-config']);
});

it.each([
  [{ url: 'ftp://x' }, 'is not an address'],
  [{ config: configWith('{ port: 0 }') }, 'any free port'],
  [{ url: 'localhost', tokenFile: '/nowhere/token' }, 'cannot read the secret in /nowhere/token'],
])('refuses %j', async (flags, words) => {
  await expect(findDaemon(flags)).rejects.toThrow(words);
});

describe('a token that is given', () => {
  const FAR = '{ host: events.example.com, tls: { cert: c.pem, key: k.pem } }';
  const inTheClear = '{ host: events.example.com, insecure: true }';

  it.each([
    ['found, and names another machine', FAR, {}, 'only found'],
    ['found, and names another machine in the clear', inTheClear, {}, 'everybody on the way'],
  ])('is not sent where the config is %s', async (_, server, flags, words) => {
    const config = configWith(server);
    vi.spyOn(process, 'cwd').mockReturnValue(dirname(config));
    for (const given of [{}, { tokenFile: join(dirname(config), 'token') }]) {
      writeFileSync(join(dirname(config), 'token'), 'from-file-with-some-length\n');
      vi.stubEnv('COLLOQUIUM_TOKEN', 'from-environment');
      await expect(findDaemon({ ...flags, ...given })).rejects.toThrow(words);
    }
    vi.restoreAllMocks();
  });

  it('is sent where address or config are named, by https or within this machine', async () => {
    vi.stubEnv('COLLOQUIUM_TOKEN', 'from-environment');
    expect((await findDaemon({ config: configWith(FAR) })).token).toBe('from-environment');
    const own = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
    const v4 = own.filter((address) => !address.includes(':')).map((address) => `http://${address}:8080`);
    for (const url of [
      'https://events.example.com',
      'http://localhost:1',
      'http://127.1.2.3',
      'http://[::1]:9',
      ...v4,
    ]) {
      expect((await findDaemon({ url })).token, url).toBe('from-environment');
    }
    for (const url of [
      'http://events.example.com',
      'http://192.0.2.1',
      'http://localhost.example.com',
      '192.0.2.1:80',
    ]) {
      await expect(findDaemon({ url }), url).rejects.toThrow('is not sent to');
      await expect(findDaemon({ url, config: configWith(FAR) }), url).rejects.toThrow('is not sent to');
    }
  });

  it('of a config goes to no other machine in the clear', async () => {
    const config = configWith('{ host: 192.0.2.1, tokens: [from-config] }');
    await expect(findDaemon({ config })).rejects.toThrow(
      'the token of server.tokens is not sent to http://192.0.2.1:8080',
    );
  });
});
