// The AI providers that the tests ask, for what is not a test: they answer on this machine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const SOURCE = {
  entryPoints: [fileURLToPath(new URL('../test/support/fake-provider.ts', import.meta.url))],
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
};

/**
 * @param kinds of providers
 * @returns where each listens, with its key, and a function that closes all
 */
export async function startFakes(kinds) {
  const folder = await mkdtemp(join(tmpdir(), 'colloquium-fakes-'));
  const outfile = join(folder, 'fake-provider.mjs');
  await build({ ...SOURCE, outfile });
  const { startFakeProvider } = await import(pathToFileURL(outfile).href);
  await rm(folder, { recursive: true });
  const fakes = await Promise.all(kinds.map((wire) => startFakeProvider({ wire })));
  return {
    fakes: Object.fromEntries(kinds.map((kind, index) => [kind, fakes[index]])),
    close: async () => await Promise.all(fakes.map((fake) => fake.close())),
  };
}
