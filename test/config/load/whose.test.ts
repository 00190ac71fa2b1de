import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/diagnostic/index.js';
import { discoverConfig, type DiscoverOptions } from '../../../src/config/load/discover.js';
import { trustedOwners } from '../../../src/config/load/whose.js';
import { folderWith } from '../folder.js';

const ME = process.geteuid?.() ?? 0;
const SOMEBODY_ELSE: DiscoverOptions = { owners: new Set([ME + 1]) };

/** The code of the refusal of what is found in a folder, or what is found. */
async function outcome(folder: string, home: string, options?: DiscoverOptions): Promise<string | undefined> {
  try {
    return await discoverConfig(folder, home, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics[0]?.code;
    throw error;
  }
}

describe('a config that is found', () => {
  it.each([
    'colloquium.yaml',
    'colloquium.json',
    'colloquium.config.mjs',
    '.colloquiumrc',
    '.config/colloquiumrc',
    'package.json',
  ])('is refused where it is somebody else’s: %s', async (name) => {
    const root = await folderWith({ [name]: '{"colloquium": {}}', 'a/b/': '' });
    expect(await outcome(root, root, SOMEBODY_ELSE)).toBe('foreign-config');
    expect(await outcome(join(root, 'a/b'), root, SOMEBODY_ELSE)).toBe('foreign-config');
    expect(await outcome(root, root)).toBe(join(root, name));
  });

  it('is refused where everybody may write to it or to its folder, and taken where a group may', async () => {
    const root = await folderWith({
      'file/colloquium.yaml': '',
      'folder/colloquium.yaml': '',
      'c/.config/colloquiumrc': '',
    });
    await chmod(join(root, 'file/colloquium.yaml'), 0o666);
    await chmod(join(root, 'folder'), 0o777);
    await chmod(join(root, 'c/.config'), 0o777);
    for (const name of ['file', 'folder', 'c']) expect(await outcome(join(root, name), root)).toBe('foreign-config');
    await chmod(join(root, 'file/colloquium.yaml'), 0o664);
    await chmod(join(root, 'folder'), 0o775);
    // As /tmp is: nobody can put another file in the place of mine.
    await chmod(join(root, 'c/.config'), 0o1777);
    for (const name of ['file', 'folder', 'c']) expect(await outcome(join(root, name), root)).toMatch(/colloquium/);
  });

  it('is judged by all that its links lead over', async () => {
    const root = await folderWith({
      'mine/colloquium.yaml': '',
      'shared/colloquium.yaml': '',
      'one/': '',
      'other/': '',
    });
    await chmod(join(root, 'shared'), 0o777);
    await symlink('../mine/colloquium.yaml', join(root, 'one/colloquium.yaml'));
    await symlink('../shared/colloquium.yaml', join(root, 'other/colloquium.yaml'));
    expect(await outcome(join(root, 'one'), root)).toBe(join(root, 'one/colloquium.yaml'));
    expect(await outcome(join(root, 'other'), root)).toBe('foreign-config');
  });

  it('is refused as a program where the command runs none, whatever kind of program it is', async () => {
    for (const name of [
      'colloquium.config.js',
      '.colloquiumrc.cjs',
      '.config/colloquiumrc.ts',
      'colloquium.config.mjs',
    ]) {
      const root = await folderWith({ [name]: 'throw new Error("it ran")' });
      expect(await outcome(root, root, { programs: false })).toBe('program-config');
    }
    const root = await folderWith({ 'colloquium.yaml': '' });
    expect(await outcome(root, root, { programs: false })).toBe(join(root, 'colloquium.yaml'));
  });

  it('is a file: what would be waited for, or is not a file, is passed over', async () => {
    const root = await folderWith({});
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [join(root, 'colloquium.yaml'), join(root, 'package.json')]);
    await mkdir(join(root, 'colloquium.json'));
    expect(await outcome(root, root)).toBeUndefined();
    await writeFile(join(root, '.colloquiumrc'), '');
    expect(await outcome(root, root)).toBe(join(root, '.colloquiumrc'));
  });
});

it.runIf(process.geteuid !== undefined)('trusts root, and for root by sudo who called it', () => {
  expect(trustedOwners({})).toEqual(new Set([ME, 0]));
  expect(trustedOwners({ SUDO_UID: '4711' })).toEqual(ME === 0 ? new Set([0, 4711]) : new Set([ME, 0]));
  expect(trustedOwners({ SUDO_UID: '-1 0x' })).toEqual(new Set([ME, 0]));
});
