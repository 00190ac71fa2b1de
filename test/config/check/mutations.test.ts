import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import { checkPaths } from '../../../src/config/index.js';
import { folderWith } from '../folder.js';
import { checkHolds, mutatedFile, SAMPLES } from './mutations.js';

it('the samples are sound', async () => {
  for (const { name, text } of SAMPLES) {
    const folder = await folderWith({ [name]: text });
    const { diagnostics } = await checkPaths([`${folder}/${name}`], {
      kinds: KINDS,
      env: {},
      home: '/',
      isPriced: () => true,
    });
    expect(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ line, message }) => `${line}: ${message}`),
    ).toEqual([]);
  }
});

it('check survives any edit, places what it finds in the file, and passes nothing that does not load', async () => {
  const folder = await folderWith({});
  await fc.assert(
    fc.asyncProperty(mutatedFile, async (file) => {
      await checkHolds(folder, file);
    }),
    { numRuns: 50, seed: 1 },
  );
});
