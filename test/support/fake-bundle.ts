import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes a program of one of the test sources, for tests that need a process of its own.
 *
 * @param source from the project's root: `test/ai/chaos/worker.ts`
 * @returns the path of a file that `node` runs, within the project so that it finds the packages; it is gone when this process ends
 */
export async function bundleProgram(source: string): Promise<string> {
  const folder = `${root}node_modules/.cache/test-programs`;
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/${source.replaceAll('/', '-').replace(/\.ts$/, '')}-${process.pid}.mjs`;
  process.once('exit', () => rmSync(outfile, { force: true }));
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    alias: { 'computo-js': './src/computo-js/index.ts' },
    logLevel: 'warning',
  });
  return outfile;
}
