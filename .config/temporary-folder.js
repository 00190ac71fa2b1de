// Everything that the tests put into the system's folder for temporary files is in one of their own, which goes when they end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function begin() {
  const folder = mkdtempSync(join(tmpdir(), 'colloquium-tests-'));
  process.env.TMPDIR = folder;
  // What a test has killed may still be writing.
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
