import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createToken, revokeToken } from '../../../src/server/access/index.js';
import { scratch } from '../../support/cli.js';

it('a token is created, and revoked, when the medium knows', async () => {
  const state = scratch();
  const folder = join(state, 'made/tokens');
  const synced: [string, readonly string[]][] = [];
  const sync = async (path: string): Promise<void> => void synced.push([path, await readdir(path)]);

  const { id } = await createToken(folder, { name: '', role: 'read', created: 0 }, sync);
  expect(synced).toEqual([
    [folder, [`${id}.json`]],
    [join(state, 'made'), ['tokens']],
    [state, ['made']],
  ]);
  synced.length = 0;
  const second = await createToken(folder, { name: '', role: 'read', created: 0 }, sync);
  expect(synced.map(([path]) => path)).toEqual([folder]);
  synced.length = 0;
  expect(await revokeToken(folder, id, sync)).toBe(true);
  expect(synced).toEqual([[folder, [`${second.id}.json`]]]);
  expect(existsSync(join(folder, `${id}.json`))).toBe(false);
});
