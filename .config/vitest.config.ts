import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The suite that `npm test` runs: everything but `*.chaos.test.ts`, which kills, cuts and fuzzes for longer. */
export default defineConfig({
  root,
  resolve: { alias: { 'computo-js': `${root}src/computo-js/index.ts` } },
  test: {
    globalSetup: [`${root}.config/temporary-folder.js`, `${root}.config/install.js`],
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.chaos.test.ts'],
    // No test changes what others in its process see, and loading all modules for each file would cost as much as the tests.
    isolate: false,
    // Tests of the command line mostly wait for the processes that they start.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
