import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, startCli } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';

/** In events: nobody writes this by chance. */
const MARK = 'quetzal';

const OPEN_ENDS = /^.*: no end frame: .*\n/gm;

const key = (): string => randomBytes(32).toString('base64');

/** Fails for each file of a folder with the mark in it. */
function expectNothingReadable(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  for (const { parentPath, name } of files) {
    expect(readFileSync(join(parentPath, name)).includes(MARK), join(parentPath, name)).toBe(false);
  }
}

/** The lines of encrypted files, in order. */
async function printed(cwd: string, files: readonly string[], args: readonly string[] = []): Promise<string[]> {
  const { exit, stdout, stderr } = await runCli(['log', 'cat', ...files, ...args], { cwd });
  // What a daemon writes has no end yet.
  expect([exit, stderr.replace(OPEN_ENDS, '')]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

/** An output's rotated files, and then the file itself. */
function partsOf(cwd: string, name: string): string[] {
  const stem = name.replace('.ndjson', '');
  const parts = readdirSync(join(cwd, 'out')).filter((file) => file.startsWith(`${stem}.0`));
  return [...parts.sort(), name].map((file) => join('out', file));
}

const rows = (from: number, count: number): string =>
  Array.from({ length: count }, (_, n) => `{"n":${from + n},"k":"${n % 3}","q":"${MARK} ${from + n}"}\n`).join('');

const numbers = (lines: readonly string[]): number[] =>
  lines.map((line) => (JSON.parse(line) as { n: number }).n).sort((a, b) => a - b);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('encrypt: true of outputs and dead letters', () => {
  it('loses, doubles and shows nothing through kills, rotation, retries and a new key', async () => {
    const cwd = scratch();
    const keys = { first: key(), second: key() };
    for (const [name, text] of Object.entries(keys)) writeFileSync(join(cwd, name), text);
    const storage = (encryption: string): string => `storage: { encryption: ${encryption} }\n`;
    const config = (divisor: string): string => `pipelines:
  default:
    stages: [{ computo: '{ n: /n, q: /q, r: 1 / (${divisor}) }' }]
    outputs: [{ file: ./out/all.ndjson, encrypt: true, rotate_size: 4000 }]
    dead_letter: { file: ./out/dead.ndjson, encrypt: true }
`;
    const failing = config('/n % 10 - 3');
    const first = storage('{ key: { file: ./first } }');
    let sent = 0;
    for (const round of upTo(3)) {
      const daemon = await startDaemon(first + failing, { cwd });
      for (const part of upTo(4)) {
        await postLines(`${daemon.url}/events`, rows(sent, 50));
        sent += 50;
        if (part < 3) await sleep(20 * round);
      }
      if (round > 0) await until(() => existsSync(join(cwd, 'out/dead.ndjson')), 'some failed');
      expect(await daemon.end('SIGKILL')).toBe('SIGKILL');
    }
    let daemon = await startDaemon(first + failing, { cwd });
    const counted = async (): Promise<number[]> => {
      const lines = [...(await printed(cwd, partsOf(cwd, 'all.ndjson'))), ...(await printed(cwd, ['out/dead.ndjson']))];
      return numbers(lines.map((line) => (line.startsWith('{"error"') ? eventOf(line) : line)));
    };
    const eventOf = (line: string): string =>
      JSON.stringify((JSON.parse(line) as { event: { data: object } }).event.data);
    await until(async () => (await counted().catch(() => [])).length >= sent, 'all are out');
    expect(await daemon.end()).toBe(0);
    expect(await counted()).toEqual(upTo(sent));
    expect(partsOf(cwd, 'all.ndjson').length).toBeGreaterThan(3);
    expect(statSync(join(cwd, 'out/all.000001.ndjson')).size).toBeLessThanOrEqual(4000);
    expectNothingReadable(join(cwd, 'out'));
    expectNothingReadable(join(cwd, 'state'));

    // Killed with lines behind the checkpoint, and encrypted anew then.
    daemon = await startDaemon(first + failing, { cwd });
    await postLines(`${daemon.url}/events`, rows(sent, 100));
    sent += 100;
    await daemon.end('SIGKILL');
    const config2 = (encryption: string): void =>
      writeFileSync(
        join(cwd, 'colloquium.yaml'),
        `${storage(encryption)}state_dir: ./state\nserver: { port: 0 }\n${failing}`,
      );
    config2('{ key: { file: ./second }, old_keys: [{ file: ./first }] }');
    const before = partsOf(cwd, 'all.ndjson').map((file) => statSync(join(cwd, file)).size);
    const rekeyed = await runCli(['log', 'rekey'], { cwd });
    expect([rekeyed.exit, rekeyed.stderr]).toEqual([
      0,
      expect.stringMatching(/, [1-9]\d* files of outputs and dead letters/),
    ]);
    expect(partsOf(cwd, 'all.ndjson').map((file) => statSync(join(cwd, file)).size)).toEqual(before);
    rmSync(join(cwd, 'first'));
    const second = storage('{ key: { file: ./second } }');
    daemon = await startDaemon(second + failing, { cwd });
    await until(async () => (await counted().catch(() => [])).length >= sent, 'all are out');
    expect(daemon.said().filter(({ msg }) => /replaced|edited|gone|renamed/.test(msg))).toEqual([]);
    expect(await daemon.end()).toBe(0);
    expect(await counted()).toEqual(upTo(sent));

    // The letters are retried once.
    writeFileSync(join(cwd, 'colloquium.yaml'), `${second}state_dir: ./state\n${config('1')}`);
    const retried = await runCli(['replay', '--dead-letters', '--to-outputs', '--no-progress'], { cwd });
    expect(retried.exit).toBe(0);
    expect(numbers(await printed(cwd, partsOf(cwd, 'all.ndjson')))).toEqual(upTo(sent));
    const again = await runCli(['replay', '--dead-letters', '--to-outputs', '--no-progress'], { cwd });
    expect([again.exit, again.stderr]).toEqual([0, expect.stringContaining('were retried before')]);
    expect(numbers(await printed(cwd, partsOf(cwd, 'all.ndjson')))).toEqual(upTo(sent));
    expectNothingReadable(join(cwd, 'out'));
  });

  it('is written by a run, resumed and added to, with its header, and read as an input', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 60_000));
    writeFileSync(
      join(cwd, 'colloquium.yaml'),
      `storage: { encryption: { key: "${key()}" } }
state_dir: ./state
pipelines:
  default: { outputs: [{ file: ./out/all.csv, format: csv, columns: [n, k, q], encrypt: true }] }
  keyed: { routing_key: /k, outputs: [{ file: './out/by/{routing_key}.ndjson', max_files: 2, encrypt: true }] }
  failing: { stages: [{ computo: '{ r: 1 / (/n - /n) }' }], outputs: [{ file: ./out/none.ndjson }], dead_letter: { file: ./out/dead.ndjson, encrypt: true } }
`,
    );
    const command = ['run', '-p', 'default', '--resume', '--no-progress', '-q', 'in.ndjson'];
    const child = startCli(command, { cwd });
    const some = (): boolean =>
      existsSync(join(cwd, 'out/all.csv')) && statSync(join(cwd, 'out/all.csv')).size > 100_000;
    await until(() => some() || child.exitCode !== null, 'some are out');
    child.kill('SIGKILL');
    await until(() => child.signalCode !== null || child.exitCode !== null, 'it ends');
    expect((await runCli(command, { cwd })).exit).toBe(0);
    const lines = await printed(cwd, ['out/all.csv']);
    expect([lines.length, lines[0], lines[1], lines.at(-1)]).toEqual([
      60_001,
      'n,k,q',
      `0,0,${MARK} 0`,
      `59999,2,${MARK} 59999`,
    ]);
    writeFileSync(join(cwd, 'more.ndjson'), rows(60_000, 2));
    expect((await runCli(['run', '-p', 'default', '-q', 'more.ndjson'], { cwd })).exit).toBe(0);
    expect((await printed(cwd, ['out/all.csv'])).slice(60_001)).toEqual([
      `60000,0,${MARK} 60000`,
      `60001,1,${MARK} 60001`,
    ]);
    expectNothingReadable(join(cwd, 'state'));
    expect(readFileSync(join(cwd, 'out/all.csv')).includes(MARK)).toBe(false);
    const read = await runCli(['run', '-e', '/n', '-c', 'colloquium.yaml', '-o', '-', '-q', 'out/all.csv'], { cwd });
    expect([read.exit, read.stdout.split('\n').length]).toEqual([0, 60_003]);
    expect((await runCli(['run', '-p', 'keyed', '-q', 'in.ndjson'], { cwd })).exit).toBe(0);
    const byKey = readdirSync(join(cwd, 'out/by')).map((name) => join('out/by', name));
    expect(byKey).toHaveLength(3);
    expect(numbers(await printed(cwd, byKey))).toEqual(upTo(60_000));

    const followed = await runCli(['run', '-e', '/n', '--follow', byKey[0] ?? ''], { cwd });
    expect([followed.exit, followed.stderr]).toEqual([2, expect.stringContaining('it is encrypted')]);

    expect((await runCli(['run', '-p', 'failing', '-q', 'more.ndjson'], { cwd })).exit).not.toBe(78);
    expect(await printed(cwd, ['out/dead.ndjson'])).toHaveLength(2);
    expect(readFileSync(join(cwd, 'out/dead.ndjson')).includes(MARK)).toBe(false);
  });

  it('tells of damage with file and place, and prints all else', async () => {
    const cwd = scratch();
    writeFileSync(
      join(cwd, 'colloquium.yaml'),
      `storage: { encryption: { key: "${key()}" } }
pipelines: { default: { outputs: [{ file: ./out.ndjson, encrypt: true }] } }
`,
    );
    for (const n of upTo(3)) {
      writeFileSync(join(cwd, 'in.ndjson'), rows(n, 1));
      expect((await runCli(['run', '-p', 'default', '-q', 'in.ndjson'], { cwd })).exit).toBe(0);
    }
    const sound = readFileSync(join(cwd, 'out.ndjson'));
    const damaged = Buffer.from(sound);
    const at = Math.floor(sound.length / 2);
    damaged[at] = (sound[at] ?? 0) ^ 1;
    writeFileSync(join(cwd, 'out.ndjson'), damaged);
    const { exit, stdout, stderr } = await runCli(['log', 'cat', 'out.ndjson'], { cwd });
    expect(exit).toBe(74);
    expect(stdout).toBe(rows(0, 1) + rows(2, 1));
    expect(stderr).toMatch(/out\.ndjson: byte \d+: \d+ encrypted bytes are damaged\n/);
    const read = await runCli(['run', '-e', '/n', '-c', 'colloquium.yaml', '-o', '-', '-q', 'out.ndjson'], { cwd });
    expect([read.exit, read.stdout]).toEqual([74, '0\n2\n']);
  });

  it('gets a new key where only runs were, and there is no log', async () => {
    const cwd = scratch();
    const write = (encryption: string): void =>
      writeFileSync(
        join(cwd, 'colloquium.yaml'),
        `storage: { encryption: ${encryption} }
state_dir: ./state
pipelines:
  default:
    stages: [{ computo: '{ n: /n, q: /q, r: 1 / (/n - 3) }' }]
    outputs: [{ file: ./out/all.ndjson, encrypt: true }]
    dead_letter: { file: ./out/dead.ndjson, encrypt: true }
`,
      );
    const [first, second] = [key(), key()];
    write(`{ key: "${first}" }`);
    const nowhere = await runCli(['log', 'rekey'], { cwd });
    expect([nowhere.exit, nowhere.stderr]).toEqual([2, expect.stringContaining('there is no log')]);
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 10));
    const resume = ['run', '-p', 'default', '--resume', '--no-progress', 'in.ndjson'];
    expect((await runCli(resume, { cwd })).exit).toBe(3);

    write(`{ key: "${second}", old_keys: ["${first}"] }`);
    const rekeyed = await runCli(['log', 'rekey'], { cwd });
    expect([rekeyed.exit, rekeyed.stderr]).toEqual([
      0,
      expect.stringMatching(
        /data: there is no log: all else is .*\n.*: 2 files of outputs and dead letters, 0 values .*, 1 checkpoint, /,
      ),
    ]);
    expect(existsSync(join(cwd, 'data'))).toBe(false);
    // Once more there is nothing to do, which is no mistake.
    expect(await runCli(['log', 'rekey'], { cwd })).toMatchObject({ exit: 0 });
    write(`{ key: "${second}" }`);
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 12));
    expect((await runCli(resume, { cwd })).stderr).toContain('2 in, 2 out');
    expect(numbers(await printed(cwd, ['out/all.ndjson']))).toEqual(upTo(12).filter((n) => n !== 3));
    expect(await printed(cwd, ['out/dead.ndjson'])).toHaveLength(1);

    // Files given by name need no state either.
    rmSync(join(cwd, 'state'), { recursive: true });
    writeFileSync(join(cwd, 'keys.yaml'), `storage: { encryption: { key: "${first}", old_keys: ["${second}"] } }\n`);
    expect(
      await runCli(['log', 'rekey', '-c', 'keys.yaml', 'out/all.ndjson'], {
        cwd,
      }),
    ).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('1 file of outputs') as string,
    });
  });

  it('goes on where a rekey was killed between an output and its checkpoint, and nothing else goes on before', async () => {
    const cwd = scratch();
    const [first, second] = [key(), key()];
    const write = (encryption: string): void =>
      writeFileSync(
        join(cwd, 'colloquium.yaml'),
        `storage: { encryption: ${encryption} }
state_dir: ./state
pipelines:
  default: { outputs: [{ file: ./out/a.ndjson, encrypt: true }, { file: ./out/b.ndjson, encrypt: true }] }
`,
      );
    write(`{ key: "${first}" }`);
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 60_000));
    const resume = ['run', '-p', 'default', '--resume', '--no-progress', 'in.ndjson'];
    expect((await runCli(resume, { cwd })).exit).toBe(0);
    write(`{ key: "${second}", old_keys: ["${first}"] }`);
    const nodes = (): number[] => ['a', 'b'].map((name) => statSync(join(cwd, 'out', `${name}.ndjson`)).ino);
    const before = nodes();
    const child = startCli(['log', 'rekey'], { cwd });
    await until(() => nodes().some((node, i) => node !== before[i]) || child.exitCode !== null, 'one is replaced');
    child.kill('SIGKILL');
    await until(() => child.signalCode !== null || child.exitCode !== null, 'it ends');
    expect(child.signalCode).toBe('SIGKILL');
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 60_002));
    const daemon = ['serve', '--port', '0'];
    for (const command of [resume, daemon]) {
      const refused = await runCli(command, { cwd });
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('run colloquium log rekey again')]);
    }
    expect((await runCli(['log', 'rekey'], { cwd })).exit).toBe(0);
    write(`{ key: "${second}" }`);
    const resumed = await runCli(resume, { cwd });
    expect([resumed.exit, resumed.stderr]).toEqual([0, expect.stringContaining('2 in, ')]);
    for (const name of ['a', 'b']) {
      expect(numbers(await printed(cwd, [`out/${name}.ndjson`]))).toEqual(upTo(60_002));
    }
  });

  it('holds for files that flags name in place of encrypted ones', async () => {
    const cwd = scratch();
    writeFileSync(
      join(cwd, 'colloquium.yaml'),
      `storage: { encryption: { key: "${key()}" } }
pipelines:
  default:
    stages: [{ computo: '{ n: /n, q: /q, r: 1 / (/n - 1) }' }]
    dead_letter: { file: ./dead.ndjson, encrypt: true }
`,
    );
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 3));
    writeFileSync(join(cwd, 'o.ndjson'), 'an earlier output\n');
    const run = (...args: string[]): ReturnType<typeof runCli> =>
      runCli(['run', '-p', 'default', '-q', ...args, 'in.ndjson'], { cwd });
    expect((await run('-o', 'o.ndjson', '--dead-letter', 'd.ndjson')).exit).toBe(3);
    for (const name of ['o.ndjson', 'd.ndjson']) {
      expect(readFileSync(join(cwd, name)).includes(MARK), name).toBe(false);
    }
    expect(numbers(await printed(cwd, ['o.ndjson']))).toEqual([0, 2]);
    expect(await printed(cwd, ['d.ndjson'])).toEqual([expect.stringContaining(`${MARK} 1`)]);
    expect(await run('-o', 'o.ndjson.gz')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('encrypted') as string,
    });
    expect(existsSync(join(cwd, 'o.ndjson.gz'))).toBe(false);
    const inTheClear = await run('-o', '-');
    expect([inTheClear.exit, numbers(inTheClear.stdout.split('\n').slice(0, -1))]).toEqual([3, [0, 2]]);
    for (const flag of [
      ['-o', 'r.ndjson'],
      ['--dead-letter', 'r.ndjson'],
    ]) {
      const refused = await runCli(['replay', '--since', '0', ...flag], { cwd });
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('and this one would not be')]);
    }
  });

  it('is refused where it can not be, and says what to do', async () => {
    const cwd = scratch();
    const write = (storage: string, output: string): void =>
      writeFileSync(
        join(cwd, 'colloquium.yaml'),
        `${storage}pipelines: { default: { outputs: [{ file: ./out.ndjson, ${output} }] } }\n`,
      );
    const encryption = `storage: { encryption: { key: "${key()}" } }\n`;
    const run = (): ReturnType<typeof runCli> => runCli(['run', '-p', 'default', '-q'], { cwd, input: '{"n":1}\n' });
    write('', 'encrypt: true');
    expect(await run()).toMatchObject({ exit: 78, stderr: expect.stringContaining('encrypt needs a key') as string });
    expect(await runCli(['check'], { cwd })).toMatchObject({ exit: 78 });
    write(encryption, 'encrypt: true, rotate_size: 1MB, gzip: true');
    expect(await run()).toMatchObject({ exit: 78, stderr: expect.stringContaining('exclude one another') as string });
    writeFileSync(join(cwd, 'out.ndjson'), '{"n":0}\n');
    write(encryption, 'encrypt: true');
    expect(await run()).toMatchObject({ exit: 2, stderr: expect.stringContaining('not encrypted') as string });
    rmSync(join(cwd, 'out.ndjson'));
    expect(await run()).toMatchObject({ exit: 0 });
    write(encryption, 'encrypt: false');
    expect(await run()).toMatchObject({ exit: 2, stderr: expect.stringContaining('write encrypt: true') as string });
    write(`storage: { encryption: { key: "${key()}" } }\n`, 'encrypt: true');
    expect(await runCli(['log', 'cat', 'out.ndjson'], { cwd })).toMatchObject({ exit: 78, stdout: '' });
    expect(await runCli(['log', 'rekey', 'nowhere'], { cwd })).toMatchObject({ exit: 2 });
  });
});
