import { it } from 'vitest';
import { modelRuns } from '../../support/runs.js';
import { checkLettersModel } from './letters-model.js';

it('Each letter is retried once for each time it failed, whatever is done to the files', async () => {
  await checkLettersModel(modelRuns(200));
});
