import { mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** The long suite: `npm run test:chaos`. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  { test: { include: ['test/**/*.chaos.test.ts'], testTimeout: 900_000, hookTimeout: 120_000 } },
);
