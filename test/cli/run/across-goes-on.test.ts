import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { until } from '../../support/daemon.js';
import { each } from '../../support/runs.js';

const CONFIG = `
state_dir: ./state
pipelines:
  batched: { stages: [{ batch: { size: 3 } }] }
  counted: { stages: [{ aggregate: { by: { k: /k }, values: { n: count } } }] }
  chained:
    stages:
      - dedupe: /id
      - batch: { size: 2, by: /k }
      - fold: { start: 0, step: 'let n = $inputs/2 + count($input) in [n, {n, rows: $input}]' }
`;

const row = (id: number): string => `{"id":${id},"k":${id % 3}}\n`;
const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => row(from + index)).join('');

/** What one run over everything writes. */
async function wholeRun(cwd: string, pipeline: string): Promise<string> {
  await runCli(['-p', pipeline, '-o', 'whole.ndjson', 'in.ndjson'], { cwd });
  return readFileSync(join(cwd, 'whole.ndjson'), 'utf8');
}

function folder(): string {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG);
  return cwd;
}

type Told = Readonly<Record<string, number>> & {
  readonly ended_by: string;
  readonly stages: readonly Readonly<Record<string, number | string>>[];
};

/** What `--stats json` says, which must add up. */
function told(stderr: string): Told {
  const counts = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '') as Told;
  const sum = (names: string): number => names.split(' ').reduce((all, name) => all + (counts[name] ?? Number.NaN), 0);
  expect(sum('input open_before made')).toBe(sum('output filtered skipped unrouted dead_lettered merged open'));
  for (const { in: came, open_before, made, out, filtered, merged, open } of counts.stages)
    expect(Number(came) + Number(open_before) + Number(made)).toBe(
      Number(out) + Number(filtered) + Number(merged) + Number(open),
    );
  return counts;
}

describe('a run with stages that keep events, gone on with', () => {
  each(1)(['batched', 'counted', 'chained'])('is as one run when the input has grown: %s', async (pipeline) => {
    const cwd = folder();
    for (const [from, to] of [
      [0, 5],
      [5, 7],
      [7, 7],
      [7, 16],
    ] as const) {
      appendFileSync(join(cwd, 'in.ndjson'), rows(from, to));
      const { exit } = await runCli(['-p', pipeline, '--resume', '-o', 'out.ndjson', 'in.ndjson'], { cwd });
      expect(exit).toBe(0);
      expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(await wholeRun(cwd, pipeline));
    }
  });

  each(1)(['batched', 'counted', 'chained'])('is as one run when each has a --limit: %s', async (pipeline) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 8));
    for (let run = 0; run < 5; run++)
      await runCli(['-p', pipeline, '--resume', '--limit', '2', '-o', 'out.ndjson', 'in.ndjson'], { cwd });
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(await wholeRun(cwd, pipeline));
  });

  it('says what is open when it is interrupted, and what was when it went on', async () => {
    const cwd = folder();
    const args = ['-p', 'chained', '--resume', '--stats', 'json', '-o', 'out.ndjson'];
    const input = `${rows(0, 6)}${rows(0, 2)}${rows(6, 8)}no\n`;
    const child = startCli(args, { cwd });
    const ended = resultOf(child);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdin?.write(input);
    await until(() => said.includes('invalid_json'), 'all are taken');
    child.kill('SIGINT');
    const { exit, stderr } = await ended;
    expect(exit).toBe(130);
    expect(told(stderr.slice(stderr.indexOf('{"input"')))).toMatchObject({
      open_before: 0,
      open: 2,
      ended_by: 'signal',
    });

    const again = await runCli([...args, '--limit', '1'], { cwd, input: input + rows(8, 12) });
    expect(told(again.stderr)).toMatchObject({ input: 1, open_before: 2, merged: 3, open: 0, ended_by: 'limit' });
    const text = await runCli(
      args.filter((arg) => !['--stats', 'json'].includes(arg)),
      { cwd, input: input + rows(8, 12) },
    );
    expect(text.stderr).toContain('3 in, 3 open before, ');
  });

  it('counts what is taken back as open before, when the input has grown', async () => {
    const cwd = folder();
    const input = join(cwd, 'in.ndjson');
    const go = async (...more: string[]): Promise<Told> => {
      const args = ['-p', 'batched', '--resume', '--stats', 'json', '-o', 'out.ndjson', ...more, 'in.ndjson'];
      return told((await runCli(args, { cwd })).stderr);
    };
    writeFileSync(input, rows(0, 5));
    expect(await go()).toMatchObject({
      input: 5,
      open_before: 0,
      made: 2,
      output: 2,
      merged: 5,
      open: 0,
      ended_by: 'input',
    });
    appendFileSync(input, rows(5, 9));
    expect(await go('--limit', '2')).toMatchObject({
      input: 2,
      open_before: 2,
      made: 2,
      output: 2,
      merged: 4,
      open: 0,
      ended_by: 'limit',
    });
    expect(await go('--limit', '9')).toMatchObject({ input: 2, open_before: 1, made: 1, merged: 3, ended_by: 'input' });
  });

  it('tells damage of what they know, with the way out', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'in.ndjson'), rows(1000, 1400));
    const go = () => runCli(['-p', 'chained', '--resume', '-o', 'out.ndjson', 'in.ndjson'], { cwd });
    await go();
    const [name = ''] = readdirSync(join(cwd, 'state/state'));
    const state = join(cwd, 'state/state', name, 'data.mdb');
    const bytes = readFileSync(state);
    // Also in pages that are old: which of them count, only LMDB knows.
    for (let at = bytes.indexOf('1234'); at !== -1; at = bytes.indexOf('1234', at)) bytes.write('9', at);
    writeFileSync(state, bytes);
    const { exit, stderr } = await go();
    expect(exit).toBe(74);
    expect(stderr).toContain('is damaged');
    expect(stderr).toContain('--restart');
    const again = await runCli(['-p', 'chained', '--restart', '-o', 'out.ndjson', 'in.ndjson'], { cwd });
    expect(again.exit).toBe(0);
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(await wholeRun(cwd, 'chained'));
    appendFileSync(join(cwd, 'in.ndjson'), rows(1400, 1403));
    expect((await go()).exit).toBe(0);
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(await wholeRun(cwd, 'chained'));
  });

  it('refuses to go on when what they know was removed, with the ways out', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 4));
    const go = (how: string) => runCli(['-p', 'batched', how, '-o', 'out.ndjson', 'in.ndjson'], { cwd });
    await go('--resume');
    rmSync(join(cwd, 'state/state'), { recursive: true });
    for (let time = 0; time < 2; time++) {
      const { exit, stderr } = await go('--resume');
      expect(exit).toBe(74);
      expect(stderr).toContain('what the stages knew of the events before is gone');
      expect(stderr).toContain('--restart does everything again');
    }
    const again = await go('--restart');
    expect(again.exit).toBe(0);
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(await wholeRun(cwd, 'batched'));

    rmSync(join(cwd, 'state/state'), { recursive: true });
    const forced = await go('--resume=force');
    expect(forced.stderr).toContain('was removed; it goes on all the same');
    expect((await go('--resume')).exit).toBe(0);
  });

  it('tells of the events that are lost when it is forced to go on without the stage that keeps them', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'in.ndjson'), rows(0, 4));
    const go = (how: string) => runCli(['-p', 'batched', how, '-o', 'out.ndjson', 'in.ndjson'], { cwd });
    await go('--resume');
    writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG.replace('{ batch: { size: 3 } }', '{ computo: $input }'));
    expect((await go('--resume')).exit).toBe(2);
    appendFileSync(join(cwd, 'in.ndjson'), rows(4, 5));
    const { exit, stderr } = await go('--resume=force');
    expect(exit).toBe(0);
    expect(stderr).toContain('what batch-1 knew of the events before is forgotten');
    expect(stderr).toContain('and with it events that are in no output: 1');
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8').split('\n').slice(1)).toEqual([row(4).trim(), '']);
    // Nothing of what was known comes back with the stage.
    writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG);
    appendFileSync(join(cwd, 'in.ndjson'), rows(5, 8));
    expect((await go('--resume=force')).exit).toBe(0);
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8').split('\n').slice(2)).toEqual([
      JSON.stringify([5, 6, 7].map((id) => JSON.parse(row(id)) as unknown)),
      '',
    ]);
  });
});

it('what closes together and is large goes out as well when a run is gone on with, and is taken back', async () => {
  const KEYS = 6000;
  const cwd = scratch();
  const config = `
state_dir: ./state
pipelines:
  last: { stages: [{ aggregate: { by: { k: /k }, every: 1m, time: /at, values: { pad: { last: /pad } } } }] }
`;
  writeFileSync(join(cwd, 'colloquium.yaml'), config);
  /** Windows that are larger than what is made at once, and than what is read at once. */
  const windows = (from: number, to: number): string =>
    Array.from({ length: (to - from) * KEYS }, (_, n) => {
      const minute = from + Math.floor(n / KEYS);
      return `{"k":${n % KEYS},"at":${minute * 60_000},"pad":"${String(minute).repeat(800)}"}\n`;
    }).join('');
  const go = ['-p', 'last', '--resume', '-o', 'out.ndjson', 'in.ndjson', '--stats', 'json'];
  writeFileSync(join(cwd, 'in.ndjson'), windows(0, 1));
  const first = await runCli(go, { cwd });
  expect([first.exit, told(first.stderr)['output']]).toEqual([0, KEYS]);
  appendFileSync(join(cwd, 'in.ndjson'), windows(1, 3));
  const second = told((await runCli(go, { cwd })).stderr);
  expect([second['open_before'], second['output']]).toEqual([KEYS, 3 * KEYS]);
  const out = readFileSync(join(cwd, 'out.ndjson'), 'utf8');
  expect(out.length).toBeGreaterThan(14_000_000);
  expect(out === (await wholeRun(cwd, 'last'))).toBe(true);
});
