import { appendFileSync, copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  identify,
  nodeFileSystem,
  parsePlace,
  placeAt,
  relationOf,
  stateOfPlace,
  type FileSystem,
} from '../../src/files/index.js';
import { newFolder, withOpen } from './folder.js';

const LINES = Array.from({ length: 300 }, (_, n) => `{"n":${n},"text":"line ${n}"}\n`).join('');

/** A place behind so many bytes of a new file. */
function known(text = LINES, offset = text.length) {
  const path = join(newFolder(), 'in.ndjson');
  writeFileSync(path, text);
  return { path, place: withOpen(path, (fd) => placeAt(fd, offset, 0)) };
}

const stateOf = (path: string, place: ReturnType<typeof placeAt>, isAtItsPlace = false) =>
  withOpen(path, (fd) => stateOfPlace(place, fd, { isAtItsPlace }).kind);

describe('a place in a file', () => {
  it('is good while nothing happens, when the file grows, and when it is renamed', () => {
    const { path, place } = known();
    expect(stateOf(path, place)).toBe('good');
    appendFileSync(path, '{"n":300}\n');
    expect(stateOf(path, place)).toBe('good');
    renameSync(path, `${path}.1`);
    expect(stateOf(`${path}.1`, place)).toBe('good');
  });

  it('survives being stored as JSON', () => {
    const { place } = known();
    expect(parsePlace(JSON.parse(JSON.stringify(place)))).toEqual(place);
    expect(parsePlace({ ...place, offset: -1 })).toBeUndefined();
  });

  it('is cut when the file is shorter than it, even by nothing but the end', () => {
    const { path, place } = known();
    truncateSync(path, LINES.length - 1);
    expect(stateOf(path, place)).toBe('cut');
    truncateSync(path, 0);
    expect(stateOf(path, place)).toBe('cut');
  });

  it('is edited when other bytes stand before it and the file begins as ever', () => {
    const { path, place } = known();
    writeFileSync(path, `${LINES.slice(0, -3)}x"}\n`);
    expect(stateOf(path, place)).toBe('edited');
  });

  it('is in another file when the inode is used again', () => {
    const { path, place } = known('1\n2\n3\n');
    writeFileSync(path, '11\n12\n13\n14\n');
    expect(stateOf(path, place)).toBe('other');
  });

  it('is good in a copy that begins tellingly, and in a short one only at the same name', () => {
    const long = known();
    copyFileSync(long.path, `${long.path}.copy`);
    expect(stateOf(`${long.path}.copy`, long.place)).toBe('good');
    const short = known('1\n');
    copyFileSync(short.path, `${short.path}.copy`);
    expect(stateOf(`${short.path}.copy`, short.place)).toBe('other');
    rmSync(short.path);
    renameSync(`${short.path}.copy`, short.path);
    expect(stateOf(short.path, short.place, true)).toBe('good');
  });

  it('in an empty file stays good as the file gets its first lines', () => {
    const { path, place } = known('');
    appendFileSync(path, LINES);
    expect(stateOf(path, place)).toBe('good');
  });
});

describe('a file system without inodes', () => {
  const inodeless: FileSystem = {
    ...nodeFileSystem,
    fstat: (fd) => ({ ...nodeFileSystem.fstat(fd), node: undefined }),
  };

  it('recognizes a file by its beginning and its name', () => {
    const { path } = known('1\n');
    const before = withOpen(path, (fd) => identify(fd, inodeless));
    expect(before).not.toHaveProperty('node');
    const relation = (isAtItsPlace: boolean) =>
      withOpen(path, (fd) => relationOf(before, fd, { isAtItsPlace, fs: inodeless }));
    expect(relation(true)).toBe('moved');
    expect(relation(false)).toBe('other');
    writeFileSync(path, '2\n');
    expect(relation(true)).toBe('other');
  });
});
