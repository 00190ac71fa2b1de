import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes a certificate and its key: `cert.pem` and `key.pem` in a folder. */
export function certify(cwd: string, name: string): void {
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  const files = ['-keyout', join(cwd, 'key.pem'), '-out', join(cwd, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', ...options, ...files, '-subj', `/CN=${name}`], { stdio: 'ignore' });
}
