import { it } from 'vitest';
import { checkLettersModel } from './letters-model.js';

it('Each letter is retried once for each time it failed, whatever is done to the files, over many runs', async () => {
  await checkLettersModel({ numRuns: 5000 });
});
