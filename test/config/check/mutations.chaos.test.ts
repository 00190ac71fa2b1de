import fc from 'fast-check';
import { it } from 'vitest';
import { folderWith } from '../folder.js';
import { checkHolds, mutatedFile } from './mutations.js';

it('check survives 10,000 random edits, and keeps its word about each', async () => {
  const folder = await folderWith({});
  await fc.assert(
    fc.asyncProperty(mutatedFile, async (file) => {
      await checkHolds(folder, file);
    }),
    { numRuns: 10_000 },
  );
});
