import { join } from 'node:path';
import { describe, it } from 'vitest';
import { killRounds } from './support/kill-rounds.js';
import { emptyFolder } from './support/log-folder.js';

describe('a writer that is killed', () => {
  it('leaves every acknowledged event in the log, once and in order, three times over', async () => {
    const folder = await emptyFolder();
    await killRounds(folder, join(folder, 'log'), [0, 70, 200]);
  });
});
