import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { smoke } from '../.config/smoke.js';
import { bin, root } from './support/cli.js';

interface Pack {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

describe('the package', () => {
  it('is small, and brings neither compiled code nor source maps', () => {
    const json = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
    });
    const [{ size, unpackedSize, files } = { size: 0, unpackedSize: 0, files: [] }] = JSON.parse(json) as Pack[];
    expect(files.length).toBeGreaterThan(100);
    expect(files.map(({ path }) => path).filter((path) => /dist\/code|\.map$/.test(path))).toEqual([]);
    expect(size).toBeLessThan(2.5e6);
    expect(unpackedSize).toBeLessThan(8e6);
  });
});

describe('the package, installed where nothing else is', () => {
  it('runs, checks, asks a model, tests, serves and replays, and warns of nothing', async () => {
    await expect(smoke([process.execPath, bin])).resolves.toBeUndefined();
  });
});
