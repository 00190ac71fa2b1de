import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { daemonOf, post, startDaemon, until } from '../../support/daemon.js';
import { NAMESPACES_MISSING } from '../../support/namespaces.js';
import { startCli } from '../../support/cli.js';
import { SAME, UnderWay, writing } from './under-way.js';
import { each } from '../../support/runs.js';

const PLAIN = [...SAME, '-o', 'out'];
const RESUME = [...SAME, '--resume', '-o', 'out'];

function place(): string {
  const cwd = scratch();
  writeFileSync(join(cwd, 'other'), '"other"\n');
  return cwd;
}

const read = (cwd: string, name: string): string => readFileSync(join(cwd, name), 'utf8');

/** Between a file that is set aside and the next one there is none. */
function holds(cwd: string, name: string, text: string): boolean {
  try {
    return read(cwd, name).endsWith(text);
  } catch {
    return false;
  }
}

/** A folder with a config whose one pipeline passes everything on. */
function withConfig(outputs: string): string {
  const cwd = place();
  writeFileSync(join(cwd, 'colloquium.yaml'), `state_dir: ./state\npipelines: { default: { outputs: ${outputs} } }\n`);
  return cwd;
}

const CONFIGURED = ['run', '--no-progress'];

describe.concurrent('a file that is written has one writer, by whatever name', () => {
  each(2)([
    ['a plain run', PLAIN],
    ['a run --resume', RESUME],
  ])('%s keeps others from it', async (_, first) => {
    const cwd = place();
    const run = await writing(cwd, first);
    linkSync(join(cwd, 'out'), join(cwd, 'hard'));
    const elsewhere = { cwd, env: { HOME: join(cwd, 'elsewhere'), XDG_STATE_HOME: join(cwd, 'elsewhere') } };
    const tries: [string, readonly string[], typeof elsewhere | { cwd: string }][] = [
      ['hard', ['-o', 'hard'], { cwd }],
      ['hard', ['--resume', '-o', 'hard'], { cwd }],
      ['hard', ['--restart', '-o', 'hard'], { cwd }],
      ['out', ['-o', 'out'], elsewhere],
      ['out', ['--resume', '-o', 'out'], elsewhere],
    ];
    for (const [name, args, options] of tries) {
      const refused = await runCli([...SAME, ...args, 'other'], options);
      expect(refused, `${name} ${args.join(' ')}`).toMatchObject({ exit: 2, stdout: '' });
      expect(refused.stderr).toContain(`${name}: it is in use: process ${run.child.pid} (colloquium run) has it since`);
    }
    run.send('2');
    expect((await run.end()).exit).toBe(0);
    expect(read(cwd, 'out')).toBe('1\n2\n');
    expect((await runCli([...SAME, '-o', 'hard', 'other'], { cwd })).exit).toBe(0);
  });

  it('also when it was renamed, or its folder', async () => {
    const cwd = place();
    mkdirSync(join(cwd, 'a'));
    const run = await writing(cwd, [...SAME, '--resume', '-o', 'a/out'], { out: 'a/out' });
    renameSync(join(cwd, 'a/out'), join(cwd, 'a/moved'));
    expect((await runCli([...SAME, '--resume', '-o', 'a/moved', 'other'], { cwd })).exit).toBe(2);
    renameSync(join(cwd, 'a/moved'), join(cwd, 'a/out'));
    renameSync(join(cwd, 'a'), join(cwd, 'b'));
    expect((await runCli([...SAME, '-o', 'b/out', 'other'], { cwd })).exit).toBe(2);
    renameSync(join(cwd, 'b'), join(cwd, 'a'));
    run.send('2');
    expect((await run.end()).exit).toBe(0);
    expect(read(cwd, 'a/out')).toBe('1\n2\n');
  });

  it('until the writer is killed', async () => {
    const cwd = withConfig('[{ file: ./out }]');
    const run = await writing(cwd, CONFIGURED);
    expect((await runCli([...CONFIGURED, 'other'], { cwd })).exit).toBe(2);
    await run.kill();
    expect((await runCli([...CONFIGURED, 'other'], { cwd })).exit).toBe(0);
    expect(read(cwd, 'out')).toBe('1\n"other"\n');
  });

  it('and with rotation each next file is held', async () => {
    const cwd = withConfig('[{ file: ./out/e.ndjson, rotate_size: 10B }]');
    const run = await writing(cwd, CONFIGURED, { out: 'out/e.ndjson' });
    for (const line of ['22222222', '33333333']) {
      run.send(line);
      await until(() => holds(cwd, 'out/e.ndjson', `${line}\n`), 'the line is out');
    }
    const refused = await runCli([...CONFIGURED, 'other'], { cwd });
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain(`process ${run.child.pid} (colloquium run)`);
    expect((await run.end()).exit).toBe(0);
    const lines = readdirSync(join(cwd, 'out'))
      .sort()
      .map((name) => read(cwd, `out/${name}`));
    expect(lines.join('')).toBe('1\n22222222\n33333333\n');
    expect((await runCli([...CONFIGURED, 'other'], { cwd })).exit).toBe(0);
  });

  it('and a daemon that would write to it does not start', async () => {
    const cwd = place();
    const run = await writing(cwd, PLAIN);
    linkSync(join(cwd, 'out'), join(cwd, 'hard'));
    const config = 'server: { port: 0 }\nstate_dir: ./state\npipelines: { default: { outputs: [{ file: ./hard }] } }\n';
    writeFileSync(join(cwd, 'colloquium.yaml'), config);
    const refused = await runCli(['serve'], { cwd });
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain(`hard: it is in use: process ${run.child.pid} (colloquium run)`);
    expect((await run.end()).exit).toBe(0);
  });

  it('nor is a daemon disturbed: by a run, or by another daemon', async () => {
    const pipelines = 'pipelines: { default: { outputs: [{ file: ./out/e.ndjson, rotate_size: 20B, gzip: true }] } }\n';
    const daemon = await startDaemon(pipelines, { cwd: place() });
    const { cwd, url } = daemon;
    const send = async (n: number): Promise<void> => {
      expect((await post(`${url}/events`, { n })).ok).toBe(true);
      await until(() => holds(cwd, 'out/e.ndjson', `{"n":${n}}\n`), 'the event is out');
    };
    for (const n of [1, 2, 3, 4]) await send(n);
    const second = 'storage: { disk_path: ./data2 }\nserver: { port: 0 }\nstate_dir: ./state2\n';
    writeFileSync(join(cwd, 'second.yaml'), `${second}${pipelines}`);
    const tries = [
      [...CONFIGURED, 'other'],
      [...SAME, '-o', 'out/e.ndjson', 'other'],
      ['serve', '-c', 'second.yaml'],
    ];
    for (const args of tries) {
      const refused = await runCli(args, { cwd });
      expect(refused, args.join(' ')).toMatchObject({ exit: 2, stdout: '' });
      expect(refused.stderr).toContain(`process ${daemon.child.pid} (colloquium serve)`);
    }
    await send(5);
    expect(await daemon.end()).toBe(0);
    expect((await runCli([...SAME, '-o', 'out/e.ndjson', 'other'], { cwd })).exit).toBe(0);

    const run = await writing(cwd, [...SAME, '-o', 'r'], { out: 'r' });
    const replay = await runCli(['replay', '--raw', '--since', '0', '-o', 'r'], { cwd });
    expect(replay.exit, replay.stderr).toBe(2);
    expect(replay.stderr).toContain(`r: it is in use: process ${run.child.pid} (colloquium run)`);
    expect((await run.end()).exit).toBe(0);
    expect(read(cwd, 'r')).toBe('1\n');
  });

  it.skipIf(NAMESPACES_MISSING !== '')(
    `and goes on without where the locks cannot be made: run --resume and serve say so${NAMESPACES_MISSING}`,
    async () => {
      const cwd = place();
      const where = 'read-only runtime folder' as const;
      const plain = await runCli([...PLAIN, 'other'], { cwd, where });
      expect(plain).toMatchObject({ exit: 0 });
      expect(plain.stderr).not.toContain('not kept from');
      const resumed = await runCli([...RESUME, '--restart', 'other'], { cwd, where });
      expect(resumed).toMatchObject({ exit: 0 });
      expect(resumed.stderr).toContain('other runs are not kept from the outputs by all their names: ');
      writeFileSync(
        join(cwd, 'colloquium.yaml'),
        'server: { port: 0 }\nstate_dir: ./state\npipelines: { default: { outputs: [{ file: ./o }] } }\n',
      );
      const daemon = daemonOf(startCli(['serve'], { cwd, where }), cwd);
      const { reason } = await daemon.says('other processes are not kept from writing to an output');
      expect(reason).toContain('/tmp/colloquium-');
      expect(await (await daemon.ready).end()).toBe(0);
    },
  );
});

/** The folders of the locks that a process has or had. */
function locksOf(pid: number | undefined): readonly string[] {
  const all = join('/tmp', `colloquium-${process.getuid?.()}`, 'outputs');
  return readdirSync(all)
    .map((name) => join(all, name))
    .filter((folder) => {
      const lock = join(folder, 'lock.1');
      return existsSync(lock) && readFileSync(lock, 'utf8').includes(`"pid":${pid},`);
    });
}

it('what a killed run leaves of its locks is removed by others when it is old', async () => {
  const cwd = place();
  const killed = await writing(cwd, PLAIN);
  await killed.kill();
  const [folder = '', ...more] = locksOf(killed.child.pid);
  expect([existsSync(folder), more]).toEqual([true, []]);
  await runCli([...SAME, '-o', 'b', 'other'], { cwd });
  expect(existsSync(folder)).toBe(true);
  for (const path of [...readdirSync(folder).map((name) => join(folder, name)), folder]) utimesSync(path, 1, 1);
  // Each removes a few.
  await until(async () => {
    expect((await runCli([...SAME, '-o', 'b', 'other'], { cwd })).exit).toBe(0);
    return !existsSync(folder);
  }, 'the lock is removed');
});

describe.concurrent('an output that somebody else changes under a run', () => {
  each(2)<[string, (path: string) => void, string]>([
    ['removed', (path) => rmSync(path), 'removed it meanwhile'],
    ['cut', (path) => truncateSync(path), 'cut it meanwhile'],
    ['renamed', (path) => renameSync(path, `${path}.1`), 'renamed it meanwhile'],
    [
      'replaced',
      (path) => {
        rmSync(path);
        writeFileSync(path, 'theirs\n');
      },
      'put another file in its place meanwhile',
    ],
  ])('ends it when it is %s, before the next line or at the end', async (_, change, words) => {
    for (const more of [false, true]) {
      const cwd = place();
      const run = await writing(cwd, PLAIN);
      change(join(cwd, 'out'));
      if (more) run.send('2');
      const { exit, stderr } = await run.end();
      expect(exit).toBe(74);
      expect(stderr).toContain(`cannot write to out: somebody else ${words}`);
      expect(existsSync(join(cwd, 'out')) ? read(cwd, 'out') : '').not.toContain('\0');
    }
  });

  it('is told of when it was added to, and keeps that', async () => {
    const cwd = place();
    const run = await writing(cwd, PLAIN);
    writeFileSync(join(cwd, 'out'), 'theirs\n', { flag: 'a' });
    run.send('2');
    const { exit, stderr } = await run.end();
    expect(exit).toBe(0);
    expect(stderr).toContain('out: somebody else wrote to an output file: that stays');
    expect(read(cwd, 'out')).toBe('1\ntheirs\n2\n');
  });

  it('is gone on with in a new file by a run that follows its input', async () => {
    const cwd = place();
    writeFileSync(join(cwd, 'in'), '1\n');
    const run = startCli([...PLAIN, '--follow', 'in'], { cwd });
    let said = '';
    run.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => existsSync(join(cwd, 'out')) && read(cwd, 'out') === '1\n', 'the first line is out');
    renameSync(join(cwd, 'out'), join(cwd, 'out.1'));
    writeFileSync(join(cwd, 'in'), '2\n', { flag: 'a' });
    await until(() => existsSync(join(cwd, 'out')) && read(cwd, 'out') === '2\n', 'the second line is in a new file');
    const ended = new Promise((resolve) => run.once('close', resolve));
    run.kill('SIGINT');
    await ended;
    expect(said).toContain('out: an output file was renamed by somebody else: a new one is begun');
    expect(read(cwd, 'out.1')).toBe('1\n');
  });
});

describe.concurrent('a run writes over nothing that it goes by, by whatever name', () => {
  each(2)<[string, readonly string[], string]>([
    ['its config', [...CONFIGURED, '-c', 'colloquium.yaml', '-o', 'hard'], 'hard is the config'],
    ['its script', [...CONFIGURED, '-s', './script.json', '-o', 'hard'], 'hard is a script'],
    ['a file of its state', [...CONFIGURED, '-c', 'colloquium.yaml', '-o', 'hard'], 'is a file of the state folder'],
    ['its input', [...SAME, '-o', 'hard'], 'hard is both input and output'],
    ['its dead letters', [...SAME, '-o', 'hard', '--dead-letter', 'dead'], 'dead would be written by two outputs'],
  ])('%s', async (what, args, words) => {
    const cwd = withConfig('[{ file: ./out }]');
    const files: Readonly<Record<string, string>> = {
      'its config': 'colloquium.yaml',
      'its script': 'script.json',
      'a file of its state': 'state/kept',
      'its input': 'other',
      'its dead letters': 'dead',
    };
    writeFileSync(join(cwd, 'script.json'), '["$input"]');
    writeFileSync(join(cwd, 'dead'), '');
    mkdirSync(join(cwd, 'state'));
    writeFileSync(join(cwd, 'state/kept'), 'kept');
    const file = files[what] ?? '';
    const before = read(cwd, file);
    linkSync(join(cwd, file), join(cwd, 'hard'));
    const refused = await runCli([...args, 'other'], { cwd });
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain(words);
    expect(read(cwd, file)).toBe(before);
  });

  it('nor does its config name such a file: check, run and serve refuse it', async () => {
    const files = ['colloquium.yaml', 'script.json', 'state/kept', 'data/lock.1'];
    for (const file of files) {
      const cwd = place();
      mkdirSync(join(cwd, 'state'));
      mkdirSync(join(cwd, 'data'));
      writeFileSync(join(cwd, 'script.json'), '["$input"]');
      writeFileSync(join(cwd, 'state/kept'), '');
      writeFileSync(join(cwd, 'data/lock.1'), '');
      writeFileSync(
        join(cwd, 'colloquium.yaml'),
        'state_dir: ./state\npipelines: { default: { stages: [{ computo: ./script.json }], outputs: [{ file: ./hard }] } }\n',
      );
      linkSync(join(cwd, file), join(cwd, 'hard'));
      for (const args of [['check'], ['run', 'other'], ['serve']]) {
        const refused = await runCli(args, { cwd });
        expect(refused.exit, `${args.join(' ')} onto ${file}`).toBe(78);
        expect(refused.stdout + refused.stderr).toContain('own-file');
      }
    }
  });

  it('nor have two outputs of a config one file', async () => {
    const cwd = withConfig('[{ file: ./a }, { file: ./b }]');
    writeFileSync(join(cwd, 'a'), '');
    linkSync(join(cwd, 'a'), join(cwd, 'b'));
    for (const args of [['check'], ['run', 'other'], ['serve']]) {
      const refused = await runCli(args, { cwd });
      expect(refused.exit, args.join(' ')).toBe(78);
      expect(refused.stdout + refused.stderr).toContain('shared-output-file');
    }
  });
});

it('several runs add to one file of dead letters', async () => {
  const cwd = place();
  const args = [...SAME, '--dead-letter', 'dead'];
  const run = new UnderWay(cwd, [...args, '-o', 'a']);
  run.send('no json');
  await until(() => existsSync(join(cwd, 'dead')) && read(cwd, 'dead') !== '', 'the first dead letter is out');
  expect((await runCli([...args, '-o', 'b', '-'], { cwd, input: 'nor this\n' })).exit).toBe(3);
  run.send('and this');
  const { exit, stderr } = await run.end();
  expect(exit).toBe(3);
  expect(stderr).not.toContain('somebody else');
  expect(read(cwd, 'dead').trimEnd().split('\n')).toHaveLength(3);
});
