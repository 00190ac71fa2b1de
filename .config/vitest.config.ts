import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { assemblyInTests } from './assembly.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Asks what the tests before it have reached. */
const LAST = 'test/reached.test.ts';

const resolve = { alias: { 'computo-js': `${root}src/computo-js/index.ts` } };

/** How tests are run, whichever. */
export const suite = {
  root,
  resolve,
  plugins: [assemblyInTests],
  test: {
    globalSetup: [`${root}.config/install.js`, `${root}.config/temporary-folder.js`],
    // No test changes what others in its process see, and loading all modules for each file would cost as much as the tests.
    isolate: false,
    // Tests of the command line mostly wait for the processes that they start.
    maxWorkers: availableParallelism() + 1,
    // What hangs is told in the end. Nothing else is: a machine may be as busy as it likes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
};

/** The suite that `npm test` runs: everything but `*.chaos.test.ts`, which kills, cuts and fuzzes for longer. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        ...suite,
        test: {
          ...suite.test,
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.chaos.test.ts', LAST],
          sequence: { groupOrder: 0 },
        },
      },
      {
        root,
        resolve,
        plugins: [assemblyInTests],
        test: {
          name: 'reached',
          include: [LAST],
          testTimeout: 300_000,
          chaiConfig: { truncateThreshold: 0 },
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
