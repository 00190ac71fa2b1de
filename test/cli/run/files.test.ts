import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync, linkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bin, resultOf, runCli, scratch, type CliResult } from '../../support/cli.js';
import { each } from '../../support/runs.js';

const SAME = ['-e', '["$input"]'];

/** Runs a line of shell in a folder; `$C` is the command with a script that gives what it gets. */
function shell(line: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  const { PATH = '' } = process.env;
  const command = `"${process.execPath}" "${bin}" --no-progress`;
  const script = `C() { ${command} -e '["$input"]' "$@"; }; CC() { ${command.replace(' --no-progress', '')} "$@"; }\n${line}`;
  const child = spawn('sh', ['-c', script], {
    cwd,
    env: { PATH, HOME: cwd, XDG_STATE_HOME: join(cwd, '.state'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return resultOf(child);
}

function folder(files: Readonly<Record<string, string | Buffer>>): string {
  const cwd = scratch();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  return cwd;
}

const read = (cwd: string, name: string): string => readFileSync(join(cwd, name), 'utf8');

describe.concurrent('run refuses to write into what it reads', () => {
  each(2)([
    ['C b >> b', 'stdout is redirected into it'],
    ['C < b >> b', 'stdout is redirected into it'],
    ['C ./b >> link', 'stdout is redirected into it'],
    ['C b 2>> b', 'stderr is redirected into it'],
    ['C -o b b', 'both input and output'],
    ['C -o link b', 'both input and output'],
    ['C -o hard b', 'both input and output'],
    ['C -o "$PWD/b" ./b', 'both input and output'],
    ['C --dead-letter link b', 'both input and output'],
    ['C --resume -o hard b', 'both input and output'],
    ['C -o dangling --dead-letter dangling2 b', 'would be written by two outputs'],
    ['C -o x --dead-letter ./x b', 'would be written by two outputs'],
    ['C -o new/x --dead-letter new/../new/x b', 'would be written by two outputs'],
  ])('%s', async (line, words) => {
    const cwd = folder({ b: '1\n2\n' });
    symlinkSync('b', join(cwd, 'link'));
    linkSync(join(cwd, 'b'), join(cwd, 'hard'));
    symlinkSync('nowhere', join(cwd, 'dangling'));
    symlinkSync('dangling', join(cwd, 'dangling2'));
    const { exit, stderr } = await shell(line, cwd);
    expect(exit, stderr).toBe(2);
    expect(line.includes('2>>') ? read(cwd, 'b') : stderr).toContain(words);
    expect(read(cwd, 'b').startsWith('1\n2\n')).toBe(true);
    expect(readdirSync(cwd)).not.toContain('nowhere');
  });

  it('but for devices, which can be shared', async () => {
    expect(await shell('C -o /dev/null --dead-letter /dev/null b', folder({ b: '1\n' }))).toMatchObject({ exit: 0 });
  });
});

describe.concurrent('what run cannot write is exit 74', () => {
  each(1)(['C b 2>/dev/full', 'C b >/dev/full', 'C -o /dev/full b', 'C --dead-letter /dev/full b'])(
    '%s',
    async (line) => {
      expect((await shell(line, folder({ b: '1\noops\n' }))).exit).toBe(74);
    },
  );

  it('but where nothing is to be said there', async () => {
    expect((await shell('C b 2>/dev/full', folder({ b: '1\n' }))).exit).toBe(0);
  });
});

describe.concurrent('run -o x.gz', () => {
  it('writes what gunzip reads, in members that it goes on behind', async () => {
    const cwd = folder({ in: '1\n2\n' });
    const args = [...SAME, '--resume', '-o', 'out.ndjson.gz', 'in'];
    const text = (): string => gunzipSync(readFileSync(join(cwd, 'out.ndjson.gz'))).toString();
    expect((await runCli(args, { cwd })).exit).toBe(0);
    expect(text()).toBe('1\n2\n');
    writeFileSync(join(cwd, 'in'), '1\n2\n3\n4');
    await runCli(args, { cwd });
    writeFileSync(join(cwd, 'in'), '1\n2\n3\n45\n');
    await runCli(args, { cwd });
    expect(text()).toBe('1\n2\n3\n45\n');
    expect((await runCli([...SAME, 'out.ndjson.gz'], { cwd })).stdout).toBe('1\n2\n3\n45\n');
  });

  it('is a compressed file when there are no results, and in parts with --rotate', async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `{"n":${n},"r":"${(n * 2654435761) % 1e9}"}\n`).join('');
    const cwd = folder({ none: '', in: lines });
    await runCli([...SAME, '-o', 'none.gz', 'none'], { cwd });
    expect(gunzipSync(readFileSync(join(cwd, 'none.gz'))).toString()).toBe('');
    await runCli([...SAME, '-o', 'out.gz', '--rotate', '100KB', 'in'], { cwd });
    const parts = readdirSync(cwd).filter((name) => name.startsWith('out.'));
    expect(parts.length).toBeGreaterThan(1);
    // The file without a number is the newest.
    const inOrder = [...parts.filter((name) => name !== 'out.gz').sort(), 'out.gz'];
    expect(inOrder.map((name) => gunzipSync(readFileSync(join(cwd, name))).toString()).join('')).toBe(lines);
  });
});

describe.concurrent('paths that lead nowhere are said in words, with exit 2', () => {
  each(2)([
    'C file/x',
    'C ./loop',
    'C -o file/x/o file',
    'C -o loop file',
    'C -o loop/x file',
    'C --resume -o loop file',
    'C --dead-letter loop file',
    'C --dead-letter file/x file',
    'C "$(printf %0300d 0)"',
    'CC check file/x',
    'CC check loop',
    'CC check -c loop/x',
    'mkdir gone && cd gone && rmdir ../gone && C x',
    'mkdir gone && cd gone && rmdir ../gone && C -o x ../file',
    'mkdir gone && cd gone && rmdir ../gone && C --resume -o x ../file',
    'mkdir gone && cd gone && rmdir ../gone && CC -p default --filter true',
    'mkdir gone && cd gone && rmdir ../gone && CC check',
    'mkdir gone && cd gone && rmdir ../gone && CC check x.json',
    'mkdir gone && cd gone && rmdir ../gone && CC init',
  ])('%s', async (line) => {
    const cwd = folder({ file: '1\n' });
    symlinkSync('loop', join(cwd, 'loop'));
    const { exit, stderr } = await shell(line, cwd);
    expect(stderr).not.toContain('a bug');
    expect(stderr).toContain('colloquium: ');
    expect(exit, stderr).toBe(2);
  });

  it.skipIf(process.getuid?.() === 0)('a folder that may not be read', async () => {
    const cwd = folder({});
    mkdirSync(join(cwd, 'locked'), 0o000);
    expect((await shell('C locked/x', cwd)).exit).toBe(2);
  });
});

describe.concurrent('run', () => {
  it('--follow --limit ends when it has so many', async () => {
    const cwd = folder({ a: '1\n2\n', b: '' });
    expect(await shell('C --follow --limit 1 a b', cwd)).toMatchObject({ exit: 0, stdout: '1\n' });
  });

  it('needs neither WebAssembly nor the addresses that it takes', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => `{"n":${n},"s":"a\\u00e9"}\n`);
    const cwd = folder({ in: lines.join('') });
    const expected = lines.map((_, n) => `${n}\n`).join('');
    for (const limits of ['', 'ulimit -v 6000000;', 'NODE_OPTIONS=--jitless']) {
      const { exit, stdout, stderr } = await shell(`${limits} CC -e /n in`, cwd);
      expect([limits, exit, stdout === expected], stderr).toEqual([limits, 0, true]);
    }
  });

  it('takes no more threads than there are processors', async () => {
    expect(await shell('C -j 99999 a', folder({ a: '1\n2\n' }))).toMatchObject({ exit: 0, stdout: '1\n2\n' });
  });

  it('opens its inputs one after the other, and tells of a missing one before the first event', async () => {
    const cwd = scratch();
    const names = Array.from({ length: 1000 }, (_, n) => `in-${n}`);
    for (const name of names) writeFileSync(join(cwd, name), `"${name}"\n`);
    for (const flags of ['-o out', '--resume -o out']) {
      const missing = await shell(`ulimit -n 128; C ${flags} in-* missing`, cwd);
      expect(missing.stderr).toContain('cannot open missing: no such file');
      expect(readdirSync(cwd)).not.toContain('out');
    }
    for (const call of ['C missing --follow', `CC run -e '["$input"]' --follow missing`]) {
      const { exit, stderr } = await shell(call, cwd);
      expect([call, exit, stderr]).toEqual([call, 2, expect.stringContaining('cannot open missing: no such file')]);
    }
    const { exit, stderr } = await shell('ulimit -n 128; C --resume -o out in-*', cwd);
    expect(exit, stderr).toBe(0);
    expect(read(cwd, 'out').split('\n')).toHaveLength(1001);
    expect((await shell('ulimit -n 128; C in-* | wc -l', cwd)).stdout.trim()).toBe('1000');
  });

  it('gives what comes out of a damaged .gz file, then exit 74', async () => {
    const cwd = folder({ 'in.gz': Buffer.concat([gzipSync('1\n2\n'), Buffer.from('garbage')]) });
    const { exit, stdout, stderr } = await shell('C in.gz', cwd);
    expect([exit, stdout]).toEqual([74, '1\n2\n']);
    expect(stderr).toContain('cannot read in.gz: damaged gzip data');
  });

  it('keeps the order of keys, however they are written', async () => {
    const cwd = folder({ in: '{"b":1,"\\u0031":2,"a":{"z":0,"\\u00310":1}}\n' });
    expect((await shell('C in', cwd)).stdout).toBe('{"b":1,"1":2,"a":{"z":0,"10":1}}\n');
    const merged = `CC -e '["merge", ["$input"], {"c": 1, "0": 2}]' in`;
    expect((await shell(merged, cwd)).stdout).toBe('{"b":1,"1":2,"a":{"z":0,"10":1},"c":1,"0":2}\n');
  });
});
