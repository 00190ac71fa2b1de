import { defineConfig } from 'vitest/config';
import { suite } from './vitest.config.js';

/** Files of the quick suite whose properties are tried for longer here. */
const PROPERTIES = [
  'test/computo-js/laws.test.ts',
  'test/json/**/*.test.ts',
  'test/pipeline/block-processor.test.ts',
  'test/pipeline/lazy/*.test.ts',
  'test/server/fuzz.test.ts',
  'test/**/*model.test.ts',
];

/** The long suite: `npm run test:chaos`. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ['test/**/*.chaos.test.ts', ...PROPERTIES],
    env: { PROPERTY_FACTOR: '20' },
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
});
