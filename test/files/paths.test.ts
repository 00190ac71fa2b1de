import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leadToSame, nodeFileSystem, resolvePath, type FileSystem } from '../../src/files/index.js';
import { newFolder } from './folder.js';

describe('resolvePath', () => {
  it('gives every spelling of a path the same name, whether something is there or not', () => {
    const folder = newFolder();
    const path = join(folder, 'out');
    symlinkSync(folder, join(folder, 'self'));
    symlinkSync('out', join(folder, 'link'));
    symlinkSync('link', join(folder, 'link-to-link'));
    const spellings = [path, relative(process.cwd(), path), `${folder}/./self/../${basename(folder)}/out`].concat(
      join(folder, 'self/out'),
      join(folder, 'link'),
      join(folder, 'link-to-link'),
    );
    expect(new Set(spellings.map((one) => resolvePath(one)))).toEqual(new Set([path]));
    writeFileSync(path, '');
    expect(new Set(spellings.map((one) => resolvePath(one)))).toEqual(new Set([path]));
  });

  it('names what missing folders would hold, and what follows a file', () => {
    const folder = newFolder();
    expect(resolvePath(join(folder, 'a/b/c'))).toBe(join(folder, 'a/b/c'));
    writeFileSync(join(folder, 'file'), '');
    expect(resolvePath(join(folder, 'file/x'))).toBe(join(folder, 'file/x'));
  });

  it('rejects a loop of links', () => {
    const folder = newFolder();
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect(() => resolvePath(join(folder, 'a'))).toThrow('ELOOP');
  });
});

describe('leadToSame', () => {
  it('knows hard links, links, and links to what is not there yet', () => {
    const folder = newFolder();
    const at = (name: string): string => join(folder, name);
    symlinkSync('c3', at('c2'));
    expect(leadToSame(at('c2'), at('c3'))).toBe(true);
    writeFileSync(at('c3'), '');
    linkSync(at('c3'), at('hard'));
    expect(leadToSame(at('c2'), at('hard'))).toBe(true);
    writeFileSync(at('other'), '');
    expect(leadToSame(at('c2'), at('other'))).toBe(false);
    expect(leadToSame(at('missing'), at('gone'))).toBe(false);
  });

  it('takes Out and out for one where the file system does', () => {
    const folder = join(newFolder(), 'data');
    mkdirSync(folder);
    expect(leadToSame(join(folder, 'Out'), join(folder, 'out'), caseless)).toBe(true);
    expect(leadToSame(join(folder, 'Out'), join(folder, 'out'))).toBe(false);
    expect(leadToSame(join(folder, 'Out'), join(folder, 'out2'), caseless)).toBe(false);
  });
});

/** As a file system that keeps the case of names and does not tell it; what is there has lower-case names here. */
const caseless: FileSystem = {
  ...nodeFileSystem,
  stat: (path) => nodeFileSystem.stat(inLowerCase(path)),
  realPath: (path) => nodeFileSystem.realPath(inLowerCase(path)),
};

function inLowerCase(path: string): string {
  return nodeFileSystem.stat(path) === undefined ? join(dirname(path), basename(path).toLowerCase()) : path;
}
