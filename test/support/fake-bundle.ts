import { mkdirSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { withAssembly } from '../../.config/assembly.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes a program of one of the test sources, for tests that need a process of its own.
 *
 * @param source from the project's root: `test/ai/chaos/worker.ts`
 * @returns the path of a file that `node` runs, within the project so that it finds the packages
 */
export async function bundleProgram(source: string): Promise<string> {
  const folder = `${root}node_modules/.cache/test-programs`;
  mkdirSync(folder, { recursive: true });
  const program = `${folder}/${source.replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`;
  const outfile = `${program}.${process.pid}`;
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
    plugins: [withAssembly],
  });
  // Another test may be running the last one.
  renameSync(outfile, program);
  return program;
}
