import { expect, it } from 'vitest';
import { killRun } from './kill-run.js';

it('a daemon that is killed again and again loses no acknowledged event, and writes none twice', async () => {
  await killRun(3, Math.random);
  expect.hasAssertions();
});
