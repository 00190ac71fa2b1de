import { mkdirSync, renameSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HeldFolder } from '../../src/files/index.js';
import { newFolder } from './folder.js';

/** A folder that is held, and its path. */
function held(): { folder: HeldFolder; path: string } {
  const path = join(newFolder(), 'held');
  mkdirSync(path);
  const folder = new HeldFolder(path);
  onTestFinished(() => folder.release());
  return { folder, path };
}

describe('a held folder', () => {
  it('is there, gone when it was moved, and there again', () => {
    const { folder, path } = held();
    expect(folder.check()).toBe('there');
    renameSync(path, `${path}-2`);
    expect(folder.check()).toBe('gone');
    symlinkSync(`${path}-2`, path);
    expect(folder.check()).toBe('there');
  });

  it('is not taken for the next ones at its path, although a file system gives its inode away at once', () => {
    const { folder, path } = held();
    for (let round = 0; round < 20; round++) {
      rmdirSync(path);
      expect(folder.check()).toBe('gone');
      mkdirSync(path);
      expect(folder.check()).toBe('replaced');
    }
  });

  it('is replaced by a file, and gone where its path leads through one', () => {
    const { folder, path } = held();
    rmdirSync(path);
    writeFileSync(path, '');
    expect(folder.check()).toBe('replaced');
    const inner = held();
    rmdirSync(inner.path);
    rmdirSync(join(inner.path, '..'));
    writeFileSync(join(inner.path, '..'), '');
    expect(inner.folder.check()).toBe('gone');
  });
});
