import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoverConfig } from '../../../src/config/load/discover.js';
import { folderWith } from '../folder.js';

/** What is found from `from`, with the whole tree as home. */
async function found(files: Record<string, string>, from: string, home = '.'): Promise<string | undefined> {
  const root = await folderWith(files);
  const path = await discoverConfig(join(root, from), join(root, home));
  return path === undefined ? undefined : relative(root, path);
}

describe('the config of a folder', () => {
  it.each([
    'colloquium.yaml',
    'colloquium.jsonc',
    'colloquium.config.ts',
    'colloquium.config.mjs',
    '.colloquiumrc',
    '.colloquiumrc.json',
    '.config/colloquiumrc.yaml',
  ])('may be %s', async (name) => {
    expect(await found({ [name]: 'x' }, '.')).toBe(name);
  });

  it('is a package.json only if that has the key', async () => {
    expect(await found({ 'package.json': '{"colloquium": {}}' }, '.')).toBe('package.json');
    expect(await found({ 'package.json': '{"name": "colloquium"}' }, '.')).toBeUndefined();
    expect(await found({ 'package.json': '{"colloquium": ' }, '.')).toBeUndefined();
  });

  it('may be an empty file, which is told and not passed over, but for a package.json', async () => {
    expect(await found({ 'colloquium.yaml': '', 'package.json': '' }, '.')).toBe('colloquium.yaml');
    expect(await found({ 'package.json': '' }, '.')).toBeUndefined();
  });

  it('is the plain name before others', async () => {
    expect(
      await found({ 'colloquium.yaml': 'a: 1', '.colloquiumrc': 'a: 1', 'package.json': '{"colloquium": {}}' }, '.'),
    ).toBe('colloquium.yaml');
  });

  it('is found above, up to the root of the repository', async () => {
    const files = { 'colloquium.yaml': 'x', 'repo/.git/': '', 'repo/a/b/': '' };
    expect(await found({ ...files, 'repo/colloquium.yaml': 'x' }, 'repo/a/b')).toBe('repo/colloquium.yaml');
    expect(await found(files, 'repo/a/b')).toBeUndefined();
  });

  it('takes the nearest one', async () => {
    expect(await found({ 'colloquium.yaml': 'x', 'a/colloquium.yaml': 'x', 'a/b/': '' }, 'a/b')).toBe(
      'a/colloquium.yaml',
    );
  });

  it('is found above, up to the home folder and not beyond', async () => {
    expect(await found({ 'home/colloquium.yaml': 'x', 'home/a/b/': '' }, 'home/a/b', 'home')).toBe(
      'home/colloquium.yaml',
    );
    expect(await found({ 'colloquium.yaml': 'x', 'home/a/': '' }, 'home/a', 'home')).toBeUndefined();
  });

  it('of someone else is not taken: outside of home and repository only the folder itself counts', async () => {
    expect(await found({ 'colloquium.js': 'x', 'a/': '', 'home/': '' }, 'a', 'home')).toBeUndefined();
    expect(await found({ 'a/colloquium.yaml': 'x', 'home/': '' }, 'a', 'home')).toBe('a/colloquium.yaml');
  });
});
