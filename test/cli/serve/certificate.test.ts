import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { certify } from '../../support/certify.js';
import { runCli, scratch } from '../../support/cli.js';
import { startDaemon, until } from '../../support/daemon.js';

/** Whose certificate a new connection is shown. */
function shown(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(url);
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const SERVER = 'tls: { cert: ./cert.pem, key: ./key.pem }';

describe.concurrent('a daemon with a certificate', () => {
  it('serves one that is renewed to whoever connects from then on', async () => {
    const cwd = scratch();
    certify(cwd, 'first.example');
    const daemon = await startDaemon('', { cwd, server: SERVER });
    expect(daemon.url).toMatch(/^https:/);
    expect(await shown(daemon.url)).toBe('first.example');
    certify(cwd, 'second.example');
    await until(async () => (await shown(daemon.url)) === 'second.example', 'the new certificate is served', 60_000);
    await daemon.end();
  });

  it('does not start with one that is none', async () => {
    const cwd = scratch();
    certify(cwd, 'first.example');
    writeFileSync(join(cwd, 'colloquium.yaml'), `server: { port: 0, ${SERVER} }\nstate_dir: ./state\n`);
    writeFileSync(join(cwd, 'key.pem'), 'no key');
    const { exit, stderr } = await runCli(['serve'], { cwd });
    expect([exit, stderr]).toEqual([78, expect.stringContaining('are no certificate and its key')]);
  });
});
