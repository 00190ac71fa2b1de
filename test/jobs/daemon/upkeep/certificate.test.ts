import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { CertificateKeeper, readCertificate } from '../../../../src/jobs/daemon/upkeep/certificate.js';
import { doChores } from '../../../../src/jobs/daemon/upkeep/chores.js';
import { certify } from '../../../support/certify.js';
import { runCli, scratch } from '../../../support/cli.js';
import { startDaemon } from '../../../support/daemon.js';

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
    daemon.child.kill('SIGHUP');
    await daemon.says('the certificate is renewed');
    expect(await shown(daemon.url)).toBe('second.example');
    await daemon.end();
  });

  it('looks for one from time to time, and keeps the old one while the new one is broken', async () => {
    const cwd = scratch();
    const paths = { cert: join(cwd, 'cert.pem'), key: join(cwd, 'key.pem') };
    certify(cwd, 'first.example');
    const served: string[] = [];
    const said: string[] = [];
    const keeper = new CertificateKeeper(
      paths,
      await readCertificate(paths),
      { renewCertificate: ({ cert }) => void served.push(new X509Certificate(cert).subject) },
      { info: (words) => void said.push(words), error: (words) => void said.push(words) },
    );
    const happens = [
      () => undefined,
      () => writeFileSync(paths.key, 'no key'),
      () => undefined,
      () => undefined,
      () => certify(cwd, 'second.example'),
      () => undefined,
    ];
    const enough = new AbortController();
    const wait = async (): Promise<void> => {
      const next = happens.shift();
      if (next === undefined) enough.abort();
      else next();
      await Promise.resolve();
    };
    await doChores([{ everyMs: 1, run: () => keeper.refresh() }], { wait }, enough.signal);
    expect(served).toEqual(['CN=second.example']);
    expect(said).toEqual(['the certificate is not renewed: the old one stays', 'the certificate is renewed']);
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
