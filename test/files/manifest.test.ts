import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeFile, isStillOurs, Manifest, type OwnedFile } from '../../src/files/index.js';
import { newFolder } from './folder.js';

let folder: string;
let state: string;
let output: string;

beforeEach(() => {
  folder = newFolder();
  state = join(folder, 'state');
  output = join(folder, 'out.ndjson');
});

function made(name: string, number: number, content = `${name}\n`): OwnedFile {
  const path = join(folder, name);
  writeFileSync(path, content);
  return describeFile(path, { number, packed: false });
}

function journal(): string {
  const [name = ''] = readdirSync(join(state, 'outputs'));
  return join(state, 'outputs', name);
}

function names(): readonly string[] {
  return Manifest.read(state, output)
    .files()
    .map(({ name }) => name);
}

describe('the manifest of an output', () => {
  it('knows again what was taken in, and forgets what was removed', async () => {
    const manifest = Manifest.read(state, output);
    await manifest.add(made('b', 2));
    manifest.addNow(made('a', 1));
    await manifest.addTemporary('.c');
    manifest.begin('7:7');
    manifest.remove('b');
    const again = Manifest.read(state, output);
    expect([again.files(), again.temporaries(), again.begun]).toEqual([manifest.files(), ['.c'], '7:7']);
    expect(names()).toEqual(['a']);
  });

  it('is that of one output, however it is spelled', async () => {
    await Manifest.read(state, join(folder, '.', 'x', '..', 'out.ndjson')).add(made('a', 1));
    expect(names()).toEqual(['a']);
    expect(Manifest.read(state, join(folder, 'other.ndjson')).files()).toEqual([]);
  });

  it('stays valid whatever part of its last line is written, and continues after it', async () => {
    const manifest = Manifest.read(state, output);
    await manifest.add(made('a', 1));
    const whole = readFileSync(journal());
    await manifest.add(made('b', 2));
    const both = readFileSync(journal());
    for (let bytes = whole.length; bytes < both.length; bytes += 1) {
      writeFileSync(journal(), both.subarray(0, bytes));
      expect(names()).toEqual(['a']);
      await Manifest.read(state, output).add(made('c', 3));
      expect(names()).toEqual(['a', 'c']);
    }
  });

  it('takes lines that are none for nothing', async () => {
    await Manifest.read(state, output).add(made('a', 1));
    appendFileSync(journal(), 'null\n{"has":{"name":"../x"}}\n{"has":7}\n[]\n"x"\n{"gone":7}\n');
    await Manifest.read(state, output).add(made('b', 2));
    expect(names()).toEqual(['a', 'b']);
    truncateSync(journal(), 0);
    expect(names()).toEqual([]);
    await Manifest.read(state, output).add(made('c', 3));
    expect(names()).toEqual(['c']);
  });

  it('does not grow with what is gone', async () => {
    const manifest = Manifest.read(state, output);
    const file = made('a', 1);
    for (let n = 0; n < 1000; n++) {
      await manifest.add({ ...file, name: `f${n}`, number: n });
      manifest.remove(`f${n - 1}`);
    }
    expect(readFileSync(journal(), 'utf8').split('\n').length).toBeLessThan(300);
    expect(names()).toEqual(['f999']);
  });
});

describe('a file is still ours', () => {
  it('when nothing happened to it, or it was restored, with its time or without; not when its content or its name changed hands', () => {
    const file = made('a', 1, 'x'.repeat(3000));
    const path = join(folder, 'a');
    expect(isStillOurs(file, path)).toBe(true);
    expect(isStillOurs({ ...file, file: { ...file.file, node: '1:1' } }, path)).toBe(true);
    expect(isStillOurs({ ...file, mtimeMs: 1 }, path)).toBe(true);
    expect(isStillOurs({ ...file, mtimeMs: 1, file: { ...file.file, node: '1:1' } }, path)).toBe(true);
    writeFileSync(path, `${'x'.repeat(2999)}y`);
    expect(isStillOurs(file, path)).toBe(false);
    renameSync(path, `${path}.1`);
    expect(isStillOurs(file, path)).toBe(false);
  });

  it('not when somebody has changed it in its middle, where that can be seen by its time or its bytes', () => {
    const path = join(folder, 'a');
    for (const size of [10_000, 1_000_000]) {
      const file = made('a', 1, 'x'.repeat(size));
      const fd = openSync(path, 'r+');
      writeSync(fd, 'note', 5000);
      closeSync(fd);
      utimesSync(path, new Date(), new Date(1_000_000));
      expect(isStillOurs(file, path)).toBe(false);
    }
  });
});
