import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { suite } from './vitest.config.js';

/** Files of the quick suite that try more here: those that ask how often, or how many. */
const ASKING = readdirSync(new URL('../test', import.meta.url), { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file}`)
  .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes('support/runs.js'));

/** What `npm test` runs in a process that has run others before, and this suite in a process of its own. */
const HOSTED = 'test/cli/cases.test.ts';

/** The long suite: `npm run test:chaos`. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ['test/**/*.chaos.test.ts', HOSTED, ...ASKING],
    env: { PROPERTY_FACTOR: '20' },
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
});
