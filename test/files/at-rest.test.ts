import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAtRest } from '../../src/files/index.js';

const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'colloquium-')), 'config.yaml');
  writeFileSync(path, text);
  return path;
};

describe('readAtRest', () => {
  it('reads once more what was written meanwhile, whatever the first reading gave', async () => {
    const path = file('a: 1');
    const seen: string[] = [];
    const text = await readAtRest(
      () => [path],
      () => {
        const found = readFileSync(path, 'utf8');
        seen.push(found);
        // A save cuts the file and fills it afterwards.
        if (seen.length === 1) writeFileSync(path, '');
        if (seen.length === 2) writeFileSync(path, 'a: 2');
        if (found === '') return Promise.reject(new Error('half a save'));
        return Promise.resolve(found);
      },
    );
    expect(text).toBe('a: 2');
    expect(seen).toEqual(['a: 1', '', 'a: 2']);
  });

  it('gives the error of a file that rests, also of one that is missing', async () => {
    const read = (): Promise<never> => Promise.reject(new Error('missing'));
    await expect(readAtRest(() => ['/nowhere/config.yaml'], read)).rejects.toThrow('missing');
  });

  it('gives up on a file that never rests', async () => {
    const path = file('0');
    let count = 0;
    const text = await readAtRest(
      () => [path],
      () => {
        writeFileSync(path, String(++count));
        return Promise.resolve(count);
      },
    );
    expect(text).toBe(count);
  });
});
