import { join } from 'node:path';
import { describe, it } from 'vitest';
import { killRounds } from './support/kill-rounds.js';
import { KEYS } from './support/keys.js';
import { emptyFolder } from './support/log-folder.js';

describe('a writer that is killed', () => {
  it.each([
    ['a plain', undefined],
    ['an encrypted', KEYS],
  ])('leaves every acknowledged event in %s log, once and in order, sixty times over', async (_form, keys) => {
    const folder = await emptyFolder();
    await killRounds(
      folder,
      join(folder, 'log'),
      Array.from({ length: 60 }, () => Math.random() * 400),
      keys,
    );
  });
});
