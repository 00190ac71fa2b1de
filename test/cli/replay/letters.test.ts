import {
  appendFileSync,
  existsSync,
  mkdirSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../../src/world/lock/index.js';
import { resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { each } from '../../support/runs.js';

const BROKEN = '["$input", "/nothing"]';

const config = (script: string, more = ''): string => `
pipelines:
  default:
    stages: [{ computo: ${script} }]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
${more}`;

const linesIn = (cwd: string, file: string): string[] => {
  const path = join(cwd, file);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
};

/** A dead letter of the event `{"n":n}`. */
function letter(n: number): string {
  const metadata = '{"source":"s","pipeline":"default","retry_count":0}';
  return `{"event":{"id":"${n}","timestamp":1,"data":{"n":${n}},"metadata":${metadata}}}\n`;
}

/** A daemon whose events `{"n":0}` to `{"n":count - 1}` have all failed. */
async function failed(
  count: number,
  options: { cwd?: string; from?: number; more?: string } = {},
): Promise<TestDaemon> {
  const { cwd = scratch(), from = 0, more } = options;
  const daemon = await startDaemon(config(BROKEN, more), { cwd });
  const lines = Array.from({ length: count }, (_, index) => `{"n":${from + index}}\n`);
  await postLines(`${daemon.url}/events`, lines.join(''));
  await until(() => linesIn(cwd, 'dead.ndjson').length >= count, 'all have failed');
  return daemon;
}

interface Report {
  readonly input: number;
  readonly dead_lettered: number;
  readonly left: number;
}

async function redrive({ url }: TestDaemon): Promise<Report> {
  const answer = await fetch(`${url}/dead-letters/redrive`, { method: 'POST' });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Report;
}

/** Writes the config anew, with a script by which all go through. */
function mend(cwd: string): void {
  writeFileSync(join(cwd, 'colloquium.yaml'), `state_dir: ./state\n${config('["$input", "/n"]')}`);
}

describe.concurrent('dead letters that are retried', () => {
  it('and all fail again come to an end, by the button, to the outputs, and to stdout', async () => {
    const daemon = await failed(30);
    const { cwd } = daemon;
    expect(await redrive(daemon)).toMatchObject({ input: 30, dead_lettered: 30 });
    expect(await redrive(daemon)).toMatchObject({ input: 30, dead_lettered: 30 });
    await daemon.end();
    const again = await runCli(['replay', '--dead-letters', '--to-outputs'], { cwd });
    expect([again.exit, again.stderr]).toEqual([3, expect.stringContaining('30 in, 0 out, 30 dead-lettered')]);
    const elsewhere = await runCli(['replay', '--dead-letters', '--dead-letter', 'again.ndjson'], { cwd });
    expect([elsewhere.exit, elsewhere.stderr]).toEqual([3, expect.stringContaining('30 in, 0 out, 30 dead-lettered')]);
    expect([linesIn(cwd, 'dead.ndjson').length, linesIn(cwd, 'again.ndjson').length]).toEqual([120, 30]);
  });

  it('are followed when their file is deleted, moved aside or edited while no daemon runs', async () => {
    const daemon = await failed(3);
    const { cwd } = daemon;
    const dead = join(cwd, 'dead.ndjson');
    await daemon.end();
    mend(cwd);
    expect((await runCli(['replay', '--dead-letters'], { cwd })).stdout).toBe('0\n1\n2\n');
    rmSync(dead);
    await (await failed(3, { cwd, from: 10 })).end();
    mend(cwd);
    expect((await runCli(['replay', '--dead-letters'], { cwd })).stdout).toBe('10\n11\n12\n');
    renameSync(dead, join(cwd, 'dead.ndjson.1'));
    appendFileSync(
      join(cwd, 'dead.ndjson.1'),
      readFileSync(join(cwd, 'dead.ndjson.1'), 'utf8').replaceAll('"n":1', '"n":9'),
    );
    expect((await runCli(['replay', '--dead-letters'], { cwd })).stdout).toBe('90\n91\n92\n');
    expect((await runCli(['replay', '--dead-letters'], { cwd })).stdout).toBe('');
  });

  it('never empty a file that is read or that a pipeline writes, by whatever name', async () => {
    const daemon = await failed(2);
    const { cwd } = daemon;
    await daemon.end();
    mend(cwd);
    const before = readFileSync(join(cwd, 'dead.ndjson'), 'utf8');
    symlinkSync('dead.ndjson', join(cwd, 'link'));
    linkSync(join(cwd, 'dead.ndjson'), join(cwd, 'hard'));
    const targets = ['dead.ndjson', './dead.ndjson', join(cwd, 'dead.ndjson'), 'link', 'hard', 'dead.000001.ndjson'];
    const tries = [...targets, 'out.ndjson', 'colloquium.yaml', 'data/x', 'state/x'].flatMap((target) =>
      ['--dead-letter', '-o'].map(async (flag) => {
        const { exit, stdout } = await runCli(['replay', '--dead-letters', flag, target], { cwd });
        expect([target, flag, exit, stdout]).toEqual([target, flag, 2, '']);
      }),
    );
    await Promise.all(tries);
    const both = await runCli(['replay', '--dead-letters', '-o', 'x', '--dead-letter', './x'], { cwd });
    expect([both.exit, both.stderr]).toEqual([2, expect.stringContaining('one file')]);
    expect(readFileSync(join(cwd, 'dead.ndjson'), 'utf8')).toBe(before);
    expect((await runCli(['replay', '--dead-letters', '-o', '/dev/null'], { cwd })).exit).toBe(0);
  });

  it('are added to what is in the file that is named for what fails again', async () => {
    const daemon = await failed(2);
    const { cwd } = daemon;
    await daemon.end();
    writeFileSync(join(cwd, 'again.ndjson'), 'what was there\n');
    await runCli(['replay', '--dead-letters', '--dead-letter', 'again.ndjson'], { cwd });
    expect(linesIn(cwd, 'again.ndjson')).toHaveLength(3);
  });

  it('without an event are told and counted as left, each time', async () => {
    const daemon = await failed(1);
    const { cwd } = daemon;
    await postLines(`${daemon.url}/events`, 'nonsense\n');
    await daemon.end();
    appendFileSync(join(cwd, 'dead.ndjson'), '{"error":{},"raw":"nonsense","source":"s","line":1}\n');
    mend(cwd);
    for (const expected of ['0\n', '']) {
      const { stdout, stderr } = await runCli(['replay', '--dead-letters'], { cwd });
      expect([stdout, stderr]).toEqual([
        expected,
        expect.stringContaining('1 dead letter without an event left as it is'),
      ]);
    }
  });

  it('go through the pipeline that they name, also out of a file of several', async () => {
    const cwd = scratch();
    const event = (n: number, pipeline: string): string => {
      const metadata = `{"source":"s","pipeline":"${pipeline}","retry_count":0}`;
      return `{"event":{"id":"${n}","timestamp":1,"data":${n},"metadata":${metadata}}}\n`;
    };
    writeFileSync(
      join(cwd, 'colloquium.yaml'),
      `state_dir: ./state
pipelines:
  a: { stages: [{ computo: ["*", 2, ["$input"]] }], outputs: [{ file: ./a.ndjson }], dead_letter: ./dead.ndjson }
  b: { stages: [{ computo: ["*", 3, ["$input"]] }], outputs: [{ file: ./b.ndjson }], dead_letter: ./dead.ndjson }
  c: { stages: [{ computo: ["*", 5, ["$input"]] }], outputs: [{ file: ./c.ndjson }] }
`,
    );
    writeFileSync(
      join(cwd, 'dead.ndjson'),
      event(1, 'a') + event(10, 'b') + event(2, 'a') + event(100, 'c') + event(7, 'gone'),
    );
    mkdirSync(join(cwd, 'data'));
    const first = await runCli(['replay', '--dead-letters', '--to-outputs'], { cwd });
    expect([first.exit, first.stderr]).toEqual([0, expect.stringContaining('4 in, 4 out')]);
    expect(first.stderr).toContain('1 dead letter of pipeline "gone" left');
    expect(['a', 'b', 'c'].map((name) => readFileSync(join(cwd, `${name}.ndjson`), 'utf8'))).toEqual([
      '2\n4\n',
      '30\n',
      '500\n',
    ]);
    const second = await runCli(['replay', '--dead-letters'], { cwd });
    expect([second.stdout, second.stderr]).toEqual([
      '',
      expect.stringContaining('1 dead letter of pipeline "gone" left'),
    ]);
    const all = await runCli(['replay', '--dead-letters', '-p', 'a'], { cwd });
    expect([all.stdout, all.exit]).toEqual(['14\n', 0]);
  });

  each(1)(['dead_letter', 'skip'])('stay when they fail again and no file has them (on_error: %s)', async (onError) => {
    const daemon = await failed(3);
    const { cwd } = daemon;
    await daemon.end();
    writeFileSync(join(cwd, 'colloquium.yaml'), `state_dir: ./state\n${config(BROKEN, `    on_error: ${onError}\n`)}`);
    for (const args of [['--limit', '1'], [], ['-o', 'some.ndjson']]) {
      const { exit, stderr } = await runCli(['replay', '--dead-letters', ...args], { cwd });
      const count = args[0] === '--limit' ? '1 dead letter' : '3 dead letters';
      expect([args, exit, stderr]).toEqual([
        args,
        3,
        expect.stringContaining(`${count} failed again and can be retried`),
      ]);
    }
    mend(cwd);
    const last = await runCli(['replay', '--dead-letters', '--to-outputs'], { cwd });
    expect([last.exit, last.stderr]).toEqual([0, expect.stringContaining('3 in, 3 out')]);
    expect(linesIn(cwd, 'out.ndjson')).toEqual(['0', '1', '2']);
  });

  it('and were driven before are counted, and the way to send them all the same is named', async () => {
    const daemon = await failed(3);
    const { cwd } = daemon;
    await daemon.end();
    mend(cwd);
    const first = await runCli(['replay', '--dead-letters', '--limit', '1', '-o', 'some.ndjson'], { cwd });
    expect(first.stderr).not.toContain('and skipped');
    const before = '1 dead letter was retried before, and skipped: colloquium replay --since';
    const second = await runCli(['replay', '--dead-letters', '-o', 'some.ndjson'], { cwd });
    expect([second.exit, second.stderr]).toEqual([0, expect.stringContaining(before)]);
    expect(linesIn(cwd, 'some.ndjson')).toEqual(['0', '1', '2']);
    const third = await runCli(['replay', '--dead-letters', '--to-outputs'], { cwd });
    expect(third.stderr).toContain('3 dead letters were retried before, and skipped');
    const again = await startDaemon(config('["$input", "/n"]'), { cwd });
    expect(await redrive(again)).toMatchObject({ input: 0, driven_before: 3 });
    await again.end();
    expect((await runCli(['replay', '--since', '1h'], { cwd })).stdout).toBe('0\n1\n2\n');
  });

  it('are noted while they are driven to a file, so that a killed replay goes on', async () => {
    const cwd = scratch();
    const count = 50_000;
    writeFileSync(join(cwd, 'dead.ndjson'), Array.from({ length: count }, (_, n) => letter(n)).join(''));
    mkdirSync(join(cwd, 'data'));
    mkdirSync(join(cwd, 'state/letters'), { recursive: true });
    mend(cwd);
    const args = ['replay', '--dead-letters', '-o', 'some.ndjson'];
    const child = startCli(args, { cwd });
    const watcher = watch(join(cwd, 'state/letters'), (_kind, file) => {
      if (file?.endsWith('.checkpoint') === true) child.kill('SIGKILL');
    });
    expect((await resultOf(child)).exit).toBe('SIGKILL');
    watcher.close();
    const { exit, stderr } = await runCli(args, { cwd });
    const [, input] = /(\d+) in/.exec(stderr.replaceAll(',', '')) ?? [];
    expect([exit, Number(input) > 0, Number(input) < count]).toEqual([0, true, true]);
    const numbers = linesIn(cwd, 'some.ndjson').filter((line) => /^\d+$/.test(line));
    expect(new Set(numbers).size).toBe(count);
  });

  it.each([
    ['to the outputs', ['--to-outputs'], 'out.ndjson'],
    ['to a file', ['-o', './some.ndjson'], 'some.ndjson'],
    ['with a file for what fails', ['-o', './some.ndjson', '--dead-letter', './again.ndjson'], 'some.ndjson'],
  ])('stay for the next retry where --filter fails on them: %s', async (_, to, file) => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'data'));
    writeFileSync(join(cwd, 'dead.ndjson'), letter(0) + letter(1));
    mend(cwd);
    const retry = ['replay', '--dead-letters', ...to];
    const chosen = await runCli([...retry, '--filter', '/kind == 1'], { cwd });
    expect([chosen.exit, chosen.stderr]).toEqual([3, expect.stringContaining('--filter failed on 2 events')]);
    expect(chosen.stderr).toContain('2 in, 0 out, 2 skipped');
    expect(chosen.stderr).not.toContain('failed again');
    expect(linesIn(cwd, 'again.ndjson')).toEqual([]);
    const all = await runCli(retry, { cwd });
    expect([all.exit, linesIn(cwd, file)]).toEqual([0, ['0', '1']]);
    expect(linesIn(cwd, 'dead.ndjson')).toHaveLength(2);
  });

  it.each([
    ['to the outputs', ['--to-outputs'], 'out.ndjson'],
    ['to a file', ['-o', './some.ndjson'], 'some.ndjson'],
  ])(
    'stay for the next retry, and are counted as left, where --filter does not choose them: %s',
    async (_, to, file) => {
      const cwd = scratch();
      mkdirSync(join(cwd, 'data'));
      writeFileSync(join(cwd, 'dead.ndjson'), letter(0) + letter(1) + letter(2));
      mend(cwd);
      const retry = ['replay', '--dead-letters', ...to];
      const chosen = await runCli([...retry, '--filter', '/n == 1'], { cwd });
      expect([chosen.exit, linesIn(cwd, file)]).toEqual([0, ['1']]);
      expect(chosen.stderr).toContain('2 dead letters left, which --filter does not choose');
      const all = await runCli(retry, { cwd });
      expect([all.exit, linesIn(cwd, file)]).toEqual([0, ['1', '0', '2']]);
    },
  );

  it('are driven by one process at a time', async () => {
    const daemon = await failed(1);
    const { cwd } = daemon;
    await daemon.end();
    mend(cwd);
    const lock = await takeLock(join(cwd, 'state/letters'), { what: 'a test' });
    const held = await runCli(['replay', '--dead-letters'], { cwd });
    expect([held.exit, held.stdout, held.stderr]).toEqual([
      2,
      '',
      expect.stringContaining(`the retry of dead letters is in use: process ${process.pid} has it`),
    ]);
    await lock.release();
    expect((await runCli(['replay', '--dead-letters'], { cwd })).stdout).toBe('0\n');
  });
});
