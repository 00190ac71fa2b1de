import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
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
  [{ url: 'ftp://x' }, 'is no address'],
  [{ config: configWith('{ port: 0 }') }, 'any free port'],
  [{ url: 'localhost', tokenFile: '/nowhere/token' }, 'cannot read the secret in /nowhere/token'],
])('refuses %j', async (flags, words) => {
  await expect(findDaemon(flags)).rejects.toThrow(words);
});
