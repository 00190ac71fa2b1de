import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';

const config = (script: string): string => `
pipelines:
  default:
    stages: [{ computo: ${script} }]
    outputs: [{ file: ./out/events.ndjson, envelope: true }]
    dead_letter: { file: ./out/dead.ndjson, rotate_size: 400 }
`;

interface Event {
  readonly id: string;
  readonly data: unknown;
  readonly metadata: { readonly retry_count: number };
}

const events = (text: string): Event[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Event);

describe.concurrent('replay', () => {
  it('beside a running daemon gives the same events every time, and those that the daemon gave', async () => {
    const daemon = await startDaemon(
      config('["obj", "m", ["*", 2, ["$input", "/n"]], "id", ["$inputs", "/1/event_id"]]'),
    );
    const { cwd } = daemon;
    await postLines(`${daemon.url}/events`, Array.from({ length: 500 }, (_, n) => `{"n":${n}}\n`).join(''));
    const runs = await Promise.all([1, 2].map(() => runCli(['replay', '--since', '1h', '--envelope'], { cwd })));
    await until(() => readFileSync(join(cwd, 'out/events.ndjson'), 'utf8').split('\n').length === 501, 'all are out');
    await daemon.end();
    const written = readFileSync(join(cwd, 'out/events.ndjson'), 'utf8');
    expect(runs.map(({ stdout, exit }) => [stdout === written, exit])).toEqual([
      [true, 0],
      [true, 0],
    ]);
    const [, middle] = events(written);
    const rest = await runCli(['replay', '--from-id', middle?.id ?? '', '--envelope'], { cwd });
    expect(rest.stdout).toBe(written.split('\n').slice(1).join('\n'));

    const unknown = `${middle?.id.slice(0, -1) ?? ''}${middle?.id.endsWith('0') === true ? '1' : '0'}`;
    const refused = await runCli(['replay', '--from-id', unknown], { cwd });
    expect([refused.exit, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain(`no stored event has the id ${unknown}`);
    expect(refused.stderr).toMatch(/--since 20\d\d-.*Z begins with the first event from then on/);

    const mistyped = await runCli(['replay', '--since', '0', '-p', 'nope'], { cwd });
    expect([mistyped.exit, mistyped.stdout]).toEqual([78, '']);
    expect(mistyped.stderr).toContain('pipelines: default');
  });

  it('retries dead letters, each once, and what fails again is there for the next time', async () => {
    const cwd = scratch();
    const broken = await startDaemon(config('["$input", "/n"]'), { cwd });
    for (let n = 0; n < 5; n++) await post(`${broken.url}/events`, { x: n });
    await post(`${broken.url}/events`, { n: 'fine' });
    await until(() => readFileSync(join(cwd, 'out/events.ndjson'), 'utf8') !== '', 'the good one is out');
    await broken.end();

    // Mended for all but one.
    const mended = await startDaemon(
      config('["if", ["==", ["$input", "/x"], 3], ["$input", "/n"], ["$input", "/x"]]'),
      { cwd },
    );
    await mended.end();
    const first = await runCli(['replay', '--dead-letters', '--to-outputs'], { cwd });
    expect([first.exit, first.stderr]).toEqual([3, expect.stringContaining('5 in, 4 out, 1 dead-lettered')]);
    const second = await runCli(['replay', '--dead-letters', '--to-outputs'], { cwd });
    expect([second.exit, second.stderr]).toEqual([3, expect.stringContaining('1 in, 0 out, 1 dead-lettered')]);
    const written = events(readFileSync(join(cwd, 'out/events.ndjson'), 'utf8'));
    expect(written.map(({ data, metadata }) => [data, metadata.retry_count])).toEqual([
      ['fine', 0],
      [0, 1],
      [1, 1],
      [2, 1],
      [4, 1],
    ]);
    const letter = JSON.parse(readFileSync(join(cwd, 'out/dead.ndjson'), 'utf8')) as { event: Event };
    expect(letter.event.metadata.retry_count).toBe(2);

    // The daemon goes on behind all that.
    const again = await startDaemon(config('["$input", "/x"]'), { cwd });
    await post(`${again.url}/events`, { x: 'new' });
    await again.end();
    expect(events(readFileSync(join(cwd, 'out/events.ndjson'), 'utf8')).at(-1)?.data).toBe('new');
    const third = await runCli(['replay', '--dead-letters'], { cwd });
    expect([third.exit, third.stdout]).toEqual([0, '3\n']);
    expect((await runCli(['replay', '--dead-letters'], { cwd })).stdout).toBe('');
  });

  it('tells what can give no event: a span turned around, seconds, a pipeline that is nowhere', async () => {
    const daemon = await startDaemon(config('["$input"]'));
    const { cwd } = daemon;
    await post(`${daemon.url}/events`, { n: 1 });
    await daemon.end();
    writeFileSync(join(cwd, 'kept.ndjson'), 'as it was\n');
    const seconds = String(Math.floor(Date.now() / 1000));
    for (const [args, words] of [
      [['--since', '15m', '--until', '1h'], 'no event can be from'],
      [['--since', '2026-01-02', '--until', '2026-01-02'], 'no event can be from 2026-01-02T00:00:00.000Z'],
      [['--since', seconds], `seems to be in seconds: write ${seconds}000`],
      [['--since', '0', '--raw', '-p', 'defualt'], 'did you mean "default"'],
      [['--since', '0', '--raw', '-p', 'zzz'], 'the config has: default'],
    ] as const) {
      const { stdout, stderr, exit } = await runCli(['replay', ...args, '-o', 'kept.ndjson'], { cwd });
      expect([stdout, exit], args.join(' ')).toEqual(['', 2]);
      expect(stderr).toContain(words);
    }
    expect(readFileSync(join(cwd, 'kept.ndjson'), 'utf8')).toBe('as it was\n');
    expect(
      await runCli(['replay', '--since', `${seconds}000`, '--until', '9999999999999', '--raw'], { cwd }),
    ).toMatchObject({ exit: 0 });
    const one = await runCli(['replay', '--since', '0', '--raw', '-p', 'default'], { cwd });
    expect(one.stdout.split('\n')).toHaveLength(2);
  });

  it('leaves out and counts what --filter fails on, which becomes no dead letter', async () => {
    const daemon = await startDaemon(config('["$input"]'));
    const { cwd } = daemon;
    await postLines(`${daemon.url}/events`, '{"n":1}\n{"n":2}\n');
    await daemon.end();
    for (const more of [[], ['--raw']]) {
      const args = ['replay', '--since', '0', '--filter', '/kind == 1', '--dead-letter', 'again.ndjson', ...more];
      const { exit, stdout, stderr } = await runCli(args, { cwd });
      expect([exit, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(/--filter failed on 2 events, which are left out and become no dead letters: .*kind/);
      expect(stderr).toContain('2 in, 0 out, 2 skipped');
      const file = join(cwd, 'again.ndjson');
      expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe('');
    }
  });

  it('gives the raw events of a pipeline that the config had once', async () => {
    const daemon = await startDaemon(config('["$input"]'));
    const { cwd } = daemon;
    await post(`${daemon.url}/events`, { n: 1 });
    await daemon.end();
    writeFileSync(join(cwd, 'colloquium.yaml'), 'state_dir: ./state\n');
    const one = await runCli(['replay', '--since', '0', '--raw', '-p', 'default'], { cwd });
    expect([one.stdout.split('\n').length, one.exit]).toEqual([2, 0]);
  });
});
