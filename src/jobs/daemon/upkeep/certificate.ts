import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { RunningServer } from '../../../server/index.js';
import { JobError } from '../../job-error.js';
import type { Talk } from '../../talk.js';
import { reasonOf } from '../../reason-of.js';

/** The files of a certificate, as PEM texts. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Their paths. */
interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads a certificate and its key.
 *
 * @throws JobError when a file can't be read or is not valid, or when the two don't belong together
 */
export async function readCertificate(paths: CertificatePaths): Promise<Certificate> {
  const [cert, key] = await Promise.all([readPem(paths, 'cert'), readPem(paths, 'key')]);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const message = `server.tls: ${paths.cert} and ${paths.key} are no certificate and its key: ${reasonOf(error)}`;
    throw new JobError(message, 'invalid');
  }
  return { cert, key };
}

/** Serves a renewed certificate to new connections. A broken one is reported once, and the old one stays in use. */
export class CertificateKeeper {
  #failures = 0;

  constructor(
    private readonly paths: CertificatePaths,
    private current: Certificate,
    private readonly server: Pick<RunningServer, 'renewCertificate'>,
    private readonly talk: Pick<Talk, 'info' | 'error'>,
  ) {}

  /** Checks whether the certificate was renewed. */
  async refresh(): Promise<void> {
    try {
      const found = await readCertificate(this.paths);
      this.#failures = 0;
      if (found.cert.equals(this.current.cert) && found.key.equals(this.current.key)) return;
      this.server.renewCertificate(found);
      this.current = found;
      this.talk.info('the certificate is renewed', { expires: new X509Certificate(found.cert).validTo });
    } catch (error) {
      this.#failures += 1;
      // The files may not match while they are being replaced: a mismatch is reported only at the second check.
      if (this.#failures !== 2) return;
      this.talk.error('the certificate is not renewed: the old one stays', { error: reasonOf(error) });
    }
  }
}

async function readPem(paths: CertificatePaths, which: 'cert' | 'key'): Promise<Buffer> {
  try {
    return await readFile(paths[which]);
  } catch (error) {
    throw new JobError(`server.tls.${which}: ${reasonOf(error)}`, 'invalid');
  }
}
