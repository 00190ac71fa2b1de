import { expect, it } from 'vitest';
import { killRun } from './kill-run.js';

it('a daemon that is killed twenty times loses no acknowledged event, and writes none twice', async () => {
  await killRun(20, Math.random);
  expect.hasAssertions();
});
