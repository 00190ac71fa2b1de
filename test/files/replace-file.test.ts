import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceFile } from '../../src/files/index.js';
import { scratch } from '../support/cli.js';

describe('a replaced file', () => {
  it('keeps its permissions, and leaves nothing beside it', async () => {
    const folder = scratch();
    const path = join(folder, 'a');
    writeFileSync(path, 'before');
    chmodSync(path, 0o751);
    const { ino } = statSync(path);
    await replaceFile(path, 'after');
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(statSync(path).mode & 0o777).toBe(0o751);
    expect(statSync(path).ino).not.toBe(ino);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('stays a link where it is one', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real/a'), 'before');
    symlinkSync('real/a', join(folder, 'link'));
    await replaceFile(join(folder, 'link'), 'after');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real/a'), 'utf8')).toBe('after');
  });

  it('is not made where there is none', async () => {
    const folder = scratch();
    await expect(replaceFile(join(folder, 'a'), 'after')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
