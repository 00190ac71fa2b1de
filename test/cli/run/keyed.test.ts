import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { resultOf, startCli } from '../../support/cli.js';
import { until } from '../../support/daemon.js';
import { each, someOf } from '../../support/runs.js';
import { Place } from './place.js';
import { UnderWay } from './under-way.js';

/** A pipeline with a file per key. @param output more settings of the output */
function config(output = ''): string {
  return `
state_dir: ./.state
pipelines:
  default:
    routing_key: /k
    outputs: [{ file: "./out/{routing_key}.ndjson"${output} }]
`;
}

function keyedPlace(output?: string): Place {
  const place = new Place();
  place.write('colloquium.yaml', config(output));
  return place;
}

/** Lines whose keys begin as they go on: more of them are met all the time. */
function input(lines: number, keys: number): string {
  const each = Math.ceil(lines / keys);
  return Array.from({ length: lines }, (_, n) => `{"k":"k${(n * 7919) % (Math.floor(n / each) + 1)}","n":${n}}\n`).join(
    '',
  );
}

/** What must be in the files of the output folder. */
function apart(text: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const line of text.split('\n').slice(0, -1)) {
    const name = `${(JSON.parse(line) as { k: string }).k}.ndjson`;
    files[name] = `${files[name] ?? ''}${line}\n`;
  }
  return files;
}

function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

describe.concurrent('a run with a file per key', () => {
  each(2)([
    ['on this thread', ['-j', '1'], ''],
    ['on two threads', ['-j', '2'], ''],
    ['with fewer open than there are', ['-j', '2'], ', max_files: 3'],
  ])('writes every line to the file of its key, in order: %s', async (_, flags, output) => {
    const place = keyedPlace(output);
    const text = input(30_000, 40);
    place.write('in', text);
    const { exit, stderr } = await place.run([...flags, 'in']);
    expect(exit, stderr).toBe(0);
    expect(filesIn(place.path('out'))).toEqual(apart(text));
  });

  const killed: readonly (readonly [string, string, readonly string[]])[] = [
    ['with fewer open than there are', ', max_files: 2', ['in']],
    ['in the files of a config', '', ['in']],
    ['with -o', '', ['-o', 'out/{routing_key}.ndjson', 'in']],
  ];
  it.each(someOf(killed, 1))('gives the same bytes when it is killed and goes on: %s', async (_, output, args) => {
    const place = keyedPlace(output);
    const text = input(120_000, 60);
    place.write('in', text);
    const bytes = text.length;
    const seen: number[] = [];
    for (let kills = 0; ; kills++) {
      const child = startCli(['--resume', '--no-progress', ...args], { cwd: place.cwd });
      const done = resultOf(child);
      if (kills < 5) {
        const least = (bytes * (kills + 1)) / 7;
        await Promise.race([done, until(() => sizeOf(place.path('out')) > least, 'some is written')]);
        child.kill('SIGKILL');
      }
      const { exit, stderr } = await done;
      seen.push(sizeOf(place.path('out')));
      if (kills < 5) continue;
      expect(exit, stderr).toBe(0);
      break;
    }
    expect(filesIn(place.path('out')), seen.join()).toEqual(apart(text));
    expect((await place.run(['--resume', ...args])).stderr).toContain('already finished: 120,000 lines');
  });

  it('gives the same bytes in parts, when it is killed and goes on', async () => {
    const place = keyedPlace(', max_files: 4, rotate_size: 20KB, gzip: true');
    const text = input(60_000, 8);
    place.write('in', text);
    for (let kills = 0; kills < 4; kills++) {
      const child = startCli(['--resume', '--no-progress', 'in'], { cwd: place.cwd });
      const before = sizeOf(place.path('out'));
      await Promise.race([
        resultOf(child),
        until(() => Math.abs(sizeOf(place.path('out')) - before) > 50_000, 'some is written'),
      ]);
      child.kill('SIGKILL');
      await resultOf(child);
    }
    const { exit, stderr } = await place.run(['--resume', 'in']);
    expect(exit, stderr).toBe(0);
    const whole: Record<string, string> = {};
    const names = readdirSync(place.path('out')).sort();
    expect(names.filter((name) => /\.\d{6}\.ndjson$/.test(name))).toEqual([]);
    // A part comes before the file that is written to: its name sorts before.
    for (const name of names) {
      const bytes = readFileSync(join(place.path('out'), name));
      const key = `${name.split('.')[0] ?? ''}.ndjson`;
      whole[key] = (whole[key] ?? '') + (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    }
    expect(whole).toEqual(apart(text));
  });

  it('goes on with what was appended, in old files and new ones', async () => {
    const place = keyedPlace();
    place.write('in', '{"k":"a"}\n{"k":"b"}\n');
    await place.run(['--resume', 'in']);
    place.append('in', '{"k":"c"}\n{"k":"a"}\n');
    const { exit, stderr } = await place.run(['--resume', 'in']);
    expect(exit, stderr).toBe(0);
    expect(filesIn(place.path('out'))).toEqual({
      'a.ndjson': '{"k":"a"}\n{"k":"a"}\n',
      'b.ndjson': '{"k":"b"}\n',
      'c.ndjson': '{"k":"c"}\n',
    });
  });

  it('takes back what came of an unfinished line, and the file that it began stays empty', async () => {
    const place = keyedPlace();
    place.write('colloquium.yaml', config().replace('/k', '$input'));
    place.write('in', '7\n1');
    const first = await place.run(['--resume', 'in']);
    expect(first.exit, first.stderr).toBe(0);
    expect(filesIn(place.path('out'))).toEqual({ '7.ndjson': '7\n', '1.ndjson': '1\n' });
    place.append('in', '2\n7\n');
    const { exit, stderr } = await place.run(['--resume', 'in']);
    expect(exit, stderr).toBe(0);
    expect(filesIn(place.path('out'))).toEqual({ '7.ndjson': '7\n7\n', '1.ndjson': '', '12.ndjson': '12\n' });
  });

  each(2)([
    ['edited', (path: string) => writeFileSync(path, '{"k":"x"}\n'), 'a.ndjson was'],
    ['added to', (path: string) => appendFileSync(path, 'mine\n'), 'written to by somebody else'],
    ['cut', (path: string) => truncateSync(path, 3), 'a.ndjson was cut'],
  ])('is refused, and changes nothing, when a file was %s since', async (_, change, words) => {
    const place = keyedPlace();
    place.write('in', '{"k":"a"}\n{"k":"b"}\n');
    await place.run(['--resume', 'in']);
    change(place.path('out/a.ndjson'));
    place.append('in', '{"k":"b"}\n');
    await place.refused(['--resume', 'in'], words);
  });

  it('does everything again when one of the files is gone, and says so', async () => {
    const place = keyedPlace();
    place.write('in', '{"k":"a"}\n{"k":"b"}\n');
    await place.run(['--resume', 'in']);
    rmSync(place.path('out/a.ndjson'));
    place.append('in', '{"k":"b","n":2}\n');
    const { exit, stderr } = await place.run(['--resume', 'in']);
    expect(exit, stderr).toBe(0);
    expect(stderr).toContain('a.ndjson is gone: everything is done again');
    expect(filesIn(place.path('out'))).toEqual({
      'a.ndjson': '{"k":"a"}\n',
      'b.ndjson': '{"k":"b"}\n{"k":"b","n":2}\n',
    });
  });

  it('does everything again with --restart, and what it wrote before is gone, also of keys that do not come again', async () => {
    const place = keyedPlace();
    mkdirSync(place.path('out'));
    place.write('out/a.ndjson', 'mine\n');
    place.write('in', '{"k":"a"}\n{"k":"b"}\n');
    expect((await place.run(['--restart', 'in'])).exit).toBe(0);
    place.write('in', '{"k":"a","n":2}\n');
    const { exit, stderr } = await place.run(['--restart', 'in']);
    expect(exit, stderr).toBe(0);
    expect(filesIn(place.path('out'))).toEqual({ 'a.ndjson': 'mine\n{"k":"a","n":2}\n', 'b.ndjson': '' });
  });

  it('does not begin with --resume beside files that nobody knows', async () => {
    const place = keyedPlace();
    mkdirSync(place.path('out'));
    place.write('out/z.ndjson', 'mine\n');
    place.write('in', '{"k":"a"}\n');
    const { exit, stderr } = await place.run(['--resume', 'in']);
    expect(exit).toBe(2);
    expect(stderr).toContain('{routing_key}.ndjson is not empty');
    expect(filesIn(place.path('out'))).toEqual({ 'z.ndjson': 'mine\n' });
  });

  it('adds to the files of a config, and replaces those of -o that it writes', async () => {
    const place = keyedPlace();
    place.write('in', '{"k":"a"}\n');
    place.write('more', '{"k":"a","n":2}\n');
    for (const name of ['in', 'more']) expect((await place.run([name])).exit).toBe(0);
    for (const name of ['in', 'more']) expect((await place.run(['-o', './o/{routing_key}', name])).exit).toBe(0);
    expect(place.read('out/a.ndjson')).toBe('{"k":"a"}\n{"k":"a","n":2}\n');
    expect(place.read('o/a')).toBe('{"k":"a","n":2}\n');
  });

  it('keeps two writers apart: of all files, and of one that is open', async () => {
    const place = keyedPlace();
    const run = new UnderWay(place.cwd, ['--no-progress']);
    run.send('{"k":"a"}');
    await until(() => sizeOf(place.path('out')) > 0, 'the run writes');
    place.write('in', '{"k":"b"}\n');
    const same = await place.run(['in']);
    expect(same.exit).toBe(2);
    expect(same.stderr).toContain('{routing_key}.ndjson: it is in use');
    const one = await place.run(['-o', 'out/a.ndjson', 'in']);
    expect(one.exit, one.stderr).toBe(2);
    expect((await run.end()).exit).toBe(0);
    expect(filesIn(place.path('out'))).toEqual({ 'a.ndjson': '{"k":"a"}\n' });
    expect((await place.run(['in'])).exit).toBe(0);
  });

  each(2)([
    ['removed', (path: string) => rmSync(path)],
    ['renamed', (path: string) => renameSync(path, `${path}.1`)],
    ['replaced', (path: string) => writeFileSync(path, 'other\n')],
  ])('ends with 74 when a file that it has closed was %s', async (_, change) => {
    const place = keyedPlace(', max_files: 1');
    const run = new UnderWay(place.cwd, ['--no-progress']);
    run.send('{"k":"a"}');
    await until(() => existsSync(place.path('out/a.ndjson')) && statSync(place.path('out/a.ndjson')).size > 0, 'a');
    run.send('{"k":"b"}');
    await until(() => existsSync(place.path('out/b.ndjson')) && statSync(place.path('out/b.ndjson')).size > 0, 'b');
    change(place.path('out/a.ndjson'));
    const { exit, stderr } = await run.end();
    expect(exit, stderr).toBe(74);
    expect(stderr).toContain('a.ndjson');
  });

  it('tells of what somebody added to a file that it has closed, and leaves it', async () => {
    const place = keyedPlace(', max_files: 1');
    const run = new UnderWay(place.cwd, ['--no-progress']);
    run.send('{"k":"a"}');
    await until(() => existsSync(place.path('out/a.ndjson')) && statSync(place.path('out/a.ndjson')).size > 0, 'a');
    run.send('{"k":"b"}');
    await until(() => existsSync(place.path('out/b.ndjson')) && statSync(place.path('out/b.ndjson')).size > 0, 'b');
    place.append('out/a.ndjson', 'mine\n');
    run.send('{"k":"a"}');
    const { exit, stderr } = await run.end();
    expect(exit, stderr).toBe(0);
    expect(stderr).toContain('somebody else wrote to an output file');
    expect(place.read('out/a.ndjson')).toBe('{"k":"a"}\nmine\n{"k":"a"}\n');
  });

  it('begins no more files than max_keys, and goes on when more are allowed', async () => {
    const place = keyedPlace(', max_keys: 2');
    place.write('in', '{"k":"a"}\n{"k":"b"}\n');
    expect((await place.run(['--resume', 'in'])).exit).toBe(0);
    place.append('in', '{"k":"c"}\n');
    const { exit, stderr } = await place.run(['--resume', 'in']);
    expect(exit).toBe(74);
    expect(stderr).toContain('more than 2 files');
    expect(existsSync(place.path('out/c.ndjson'))).toBe(false);
    place.write('colloquium.yaml', config(', max_keys: 3'));
    expect((await place.run(['--resume', 'in'])).exit).toBe(0);
    expect(Object.keys(filesIn(place.path('out')))).toEqual(['a.ndjson', 'b.ndjson', 'c.ndjson']);
    place.write('colloquium.yaml', config(', max_keys: 1'));
    place.append('in', '{"k":"c","n":2}\n');
    const old = await place.run(['--resume', 'in']);
    expect(old.exit, old.stderr).toBe(0);
    expect(place.read('out/c.ndjson')).toBe('{"k":"c"}\n{"k":"c","n":2}\n');
  });

  it('begins no file of an input', async () => {
    const place = keyedPlace();
    place.write('in', '{"k":"a"}\n');
    mkdirSync(place.path('out'));
    linkSync(place.path('in'), place.path('out/a.ndjson'));
    const { exit, stderr } = await place.run(['in']);
    expect(exit).toBe(2);
    expect(stderr).toContain('both input and output');
    expect(place.read('in')).toBe('{"k":"a"}\n');
  });
});
