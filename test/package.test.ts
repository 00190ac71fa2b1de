import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smoke } from '../.config/smoke.js';
import { bin, packageFolder, root, scratch } from './support/cli.js';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

/** What is installed for the tests, which is what `npm pack` has made. */
const pack = join(dirname(dirname(bin)), `colloquium-${version}.tgz`);

describe('the package', () => {
  it('is small, and brings neither compiled code nor source maps', () => {
    const files = execFileSync('tar', ['-tzf', pack], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((path) => /dist\/code|\.map$/.test(path))).toEqual([]);
    expect(statSync(pack).size).toBeLessThan(2.6e6);
    const unpackedSize = sizeOf(packageFolder) - sizeOf(join(packageFolder, 'node_modules'));
    expect(unpackedSize).toBeLessThan(8e6);
  });
});

/** LMDB's native code alone is 15.6 MB on Linux: one file for each of several versions of Node. */
const INSTALLED_BYTES_MAX = 25e6;

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('the package, installed where nothing else is', () => {
  it('takes 25 MB at most', () => {
    expect(sizeOf(packageFolder)).toBeLessThan(INSTALLED_BYTES_MAX);
  });

  it('brings the native code of LMDB that its JavaScript is made for, and no other package', () => {
    const { dependencies, optionalDependencies } = manifestOf(packageFolder);
    expect(dependencies).toBeUndefined();
    expect(optionalDependencies).toEqual(manifestOf(join(root, 'node_modules/lmdb')).optionalDependencies);
  });

  it('does what needs no state where the native code of LMDB is missing, and says that of the rest', () => {
    const folder = scratch();
    const elsewhere = join(folder, 'colloquium');
    cpSync(packageFolder, elsewhere, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(elsewhere, 'bin/colloquium.js'), ...args], {
        cwd: folder,
        input: '{"n":1}\n{"n":1}\n',
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: folder },
      });
    expect(run('-e', '{n: /n + 1}', '--limit', '1')).toMatchObject({ stdout: '{"n":2}\n', status: 0 });
    writeFileSync(join(folder, 'colloquium.yaml'), STATEFUL);
    const { stdout, stderr, status } = run('serve');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toContain(
      "cannot keep state here: LMDB, which stores it, can't be loaded: No native build was found",
    );
    expect(stderr).toContain(`@lmdb/lmdb-${process.platform}-${process.arch}`);
    rmSync(folder, { recursive: true });
  });

  it('runs, checks, asks a model, tests, serves and replays, and warns of nothing', async () => {
    await expect(smoke([process.execPath, bin])).resolves.toBeUndefined();
  });
});

const STATEFUL = `
server: { port: 0 }
pipelines: { default: { stages: [{ dedupe: /n }], outputs: [{ stdout: true }] } }
`;

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Of all files in a folder, in bytes, but for the compiled code that the program has kept there since. */
function sizeOf(folder: string): number {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => path !== join(packageFolder, 'dist/code'))
    .reduce((sum, path) => sum + (statSync(path).isDirectory() ? sizeOf(path) : statSync(path).size), 0);
}
