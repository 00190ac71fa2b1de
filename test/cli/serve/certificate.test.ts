import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { startDaemon, until } from '../../support/daemon.js';

/** Makes a certificate for localhost and its key, in the files that the config names. */
function certify(cwd: string, name: string): void {
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  const files = ['-keyout', join(cwd, 'key.pem'), '-out', join(cwd, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', ...options, ...files, '-subj', `/CN=${name}`], { stdio: 'ignore' });
}

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
