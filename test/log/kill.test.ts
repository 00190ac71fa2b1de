import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { killRounds } from './support/kill-rounds.js';
import { KEYS } from './support/keys.js';
import { emptyFolder, filesIn } from './support/log-folder.js';

describe('a writer that is killed', () => {
  it('leaves every acknowledged event in the log, once and in order, three times over', async () => {
    const folder = await emptyFolder();
    await killRounds(folder, join(folder, 'log'), [0, 70, 200]);
  });

  it('leaves every acknowledged event in an encrypted log, and no readable byte of one', async () => {
    const folder = await emptyFolder();
    const logFolder = join(folder, 'log');
    await killRounds(folder, logFolder, [0, 70, 200], KEYS);
    const files = await filesIn(logFolder, '');
    expect(files.some(({ path }) => path.endsWith('.ndjson.gz.enc'))).toBe(true);
    for (const { path, content } of files) {
      for (const word of ['appender', 'metadata', '"data"'])
        expect(content.includes(word), `${path}: ${word}`).toBe(false);
    }
  });
});
