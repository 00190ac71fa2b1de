import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { packageFolder, scratch } from '../support/cli.js';

/** Writes down what each built file was compiled from. */
const SPY = `
const vm = require('node:vm');
const used = {};
vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options);
    used[require('node:path').basename(options.filename)] = options.cachedData !== undefined && this.cachedDataRejected === false;
  }
};
process.on('exit', () => require('node:fs').writeFileSync(process.env.SPY_FILE, JSON.stringify(used)));
`;

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** The program, as it was just installed. */
interface Installation {
  readonly dist: string;
  readonly code: string;
  readonly home: string;
  readonly spy: string;
}

function installation(): Installation {
  const home = scratch();
  const folder = join(home, 'colloquium');
  mkdirSync(folder);
  for (const part of ['bin', 'dist', 'package.json']) {
    const isCode = (path: string): boolean => path.startsWith(join(packageFolder, 'dist/code'));
    cpSync(join(packageFolder, part), join(folder, part), { recursive: true, filter: (path) => !isCode(path) });
  }
  symlinkSync(join(packageFolder, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(home, 'spy.cjs'), SPY);
  mkdirSync(join(home, '.cache'));
  return { dist: join(folder, 'dist'), code: join(folder, 'dist/code'), home, spy: join(home, 'spy.cjs') };
}

function open({ dist, home, spy }: Installation, args: readonly string[], env: Readonly<Record<string, string>>) {
  const file = join(home, `spied-${Math.random().toString(36).slice(2)}.json`);
  const child = spawn(process.execPath, [join(dist, '../bin/colloquium.js'), ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, NODE_OPTIONS: `--require=${spy}`, SPY_FILE: file, ...env },
  });
  return { child, file };
}

/** Runs a script. @returns which built files were taken as they had been compiled before */
async function start(at: Installation, env: Readonly<Record<string, string>> = {}): Promise<Record<string, boolean>> {
  const { child, file } = open(at, ['-e', '{/n}'], env);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  child.stdin.end('{"n":1}\n');
  const exit = await new Promise((resolve) => child.on('close', resolve));
  expect(said).toMatch(/^\{"n":1\}\ncolloquium: 1 in, 1 out \(.*\)\n$/);
  expect(exit).toBe(0);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, boolean>;
}

const all = (used: Record<string, boolean>): boolean => Object.values(used).every((one) => one);
const none = (used: Record<string, boolean>): boolean => !Object.values(used).some((one) => one);

/** The only folder in another. */
function onlyIn(folder: string): string {
  const [name = '', ...more] = readdirSync(folder);
  expect(more).toEqual([]);
  return join(folder, name);
}

/** Makes a folder of an installation one that we cannot write into. */
function giveAway(folder: string): void {
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  else chmodSync(folder, 0o555);
}

describe('the compiled code', () => {
  it('is kept by the first start, for its user alone, and taken by the next', async () => {
    const at = installation();
    const first = await start(at);
    expect(Object.keys(first)).toContain('run.js');
    expect(none(first)).toBe(true);
    const folder = onlyIn(at.code);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(first)
        .map((name) => `${name}.bin`)
        .sort(),
    );
    expect(all(await start(at))).toBe(true);
  });

  it.each([
    ['cut off', (path: string) => truncateSync(path, statSync(path).size - 100)],
    ['empty', (path: string) => truncateSync(path, 0)],
    [
      'partly lost',
      (path: string) => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0, 4096, 8192));
      },
    ],
    ['of something else', (path: string) => writeFileSync(path, 'what is this')],
  ])('is not taken if it is %s, and is kept anew', async (_, damage) => {
    const at = installation();
    await start(at);
    damage(join(onlyIn(at.code), 'run.js.bin'));
    const used = await start(at);
    expect(used['run.js']).toBe(false);
    expect(used['start.js']).toBe(true);
    expect(all(await start(at))).toBe(true);
  });

  it('is not taken for a source that has changed', async () => {
    const at = installation();
    await start(at);
    appendFileSync(join(at.dist, 'run.js'), ' ');
    expect((await start(at))['run.js']).toBe(false);
    expect(all(await start(at))).toBe(true);
  });

  it('is not taken from a folder that others can write into', async () => {
    const at = installation();
    await start(at);
    chmodSync(onlyIn(at.code), 0o777);
    expect(none(await start(at))).toBe(true);
  });

  it.skipIf(!isRoot)('is not taken from the folder of another user', async () => {
    const at = installation();
    await start(at);
    chownSync(onlyIn(at.code), NOBODY, NOBODY);
    expect(none(await start(at))).toBe(true);
  });

  it("is kept in the user's cache if the installation is not the user's", async () => {
    const at = installation();
    giveAway(at.dist);
    expect(none(await start(at))).toBe(true);
    expect(existsSync(at.code)).toBe(false);
    const folder = onlyIn(join(at.home, '.cache/colloquium'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(all(await start(at))).toBe(true);
    const elsewhere = join(at.home, 'elsewhere');
    mkdirSync(elsewhere);
    expect(none(await start(at, { XDG_CACHE_HOME: elsewhere }))).toBe(true);
    expect(all(await start(at, { XDG_CACHE_HOME: elsewhere }))).toBe(true);
  });

  it('is not kept, and nothing is said, where there is no place for it', async () => {
    const at = installation();
    giveAway(at.dist);
    giveAway(join(at.home, '.cache'));
    expect(none(await start(at))).toBe(true);
    expect(none(await start(at))).toBe(true);
    expect(readdirSync(join(at.home, '.cache'))).toEqual([]);
  });

  it("is neither kept nor taken if Node's own variable says so", async () => {
    const at = installation();
    await start(at, { NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(existsSync(at.code)).toBe(false);
    await start(at);
    expect(none(await start(at, { NODE_DISABLE_COMPILE_CACHE: '1' }))).toBe(true);
  });

  it('is whole after several first starts at once', async () => {
    const at = installation();
    await Promise.all([1, 2, 3, 4].map(async () => await start(at)));
    const names = readdirSync(onlyIn(at.code));
    expect(names.filter((name) => !name.endsWith('.bin'))).toEqual([]);
    expect(all(await start(at))).toBe(true);
  });

  it('is kept for three versions of Node at most', async () => {
    const at = installation();
    for (const name of ['v1', 'v2', 'v3', 'v4']) mkdirSync(join(at.code, name), { recursive: true });
    await start(at);
    expect(readdirSync(at.code)).toHaveLength(3);
    expect(all(await start(at))).toBe(true);
  });

  it('is kept while a run goes on, which may be killed in the end', async () => {
    const at = installation();
    const { child } = open(at, ['-e', '{/n}'], {});
    child.stdin.write('{"n":1}\n');
    const isKept = (): boolean => existsSync(at.code) && readdirSync(onlyIn(at.code)).includes('run.js.bin');
    while (!isKept()) await wait(100);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('close', resolve));
    expect((await start(at))['run.js']).toBe(true);
  });
});
