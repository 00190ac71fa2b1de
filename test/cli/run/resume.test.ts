import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { Place, SAME } from './place.js';
import { each } from '../../support/runs.js';

const RESUME = [...SAME, '--resume', '-o', 'out', 'in'];

describe.concurrent('run --resume goes on', () => {
  it('with what was appended, however often, and says so when there is nothing', async () => {
    const place = new Place();
    place.write('in', '1\n2\n3\n');
    expect((await place.resume('in')).exit).toBe(0);
    expect(await place.resume('in')).toMatchObject({ exit: 0, stderr: 'colloquium: already finished: 3 lines\n' });
    place.append('in', 'oops\n4\n');
    const third = await place.resume('in');
    expect(third).toMatchObject({ exit: 3 });
    expect(third.stderr).toContain('"line":4}');
    expect(third.stderr).toContain('2 in, 1 out, 1 dead-lettered');
    expect(place.read('out')).toBe('1\n2\n3\n4\n');
    for (const stats of ['text', 'json']) {
      const last = await place.run([...SAME, '--resume', '-o', 'out', 'in', '--stats', stats]);
      const hint =
        '  hint: 1 event failed or went to no output, and --resume leaves that so: --restart does everything again';
      expect([last.exit, last.stderr]).toEqual([3, expect.stringContaining(hint)]);
    }
  });

  it('and of a finished run that failed says how only that is tried again', async () => {
    const place = new Place();
    place.write('in', '{"n":"1"}\n{"n":2}\n');
    const flags = ['--resume', '-o', 'out', '--dead-letter', 'dead', 'in'];
    expect((await place.run(['-e', '2 * /n', ...flags])).exit).toBe(3);
    const { exit, stderr } = await place.run(['-e', '2 * /n', ...flags]);
    expect(exit).toBe(3);
    expect(stderr).toContain('what failed alone goes through again with colloquium -e /event/data dead | colloquium …');
    const { stdout } = await place.run(['-e', '/event/data', 'dead']);
    expect(stdout).toBe('{"n":"1"}\n');
  });

  each(2)([
    ['./out', './in'],
    ['ABSOLUTE/out', 'ABSOLUTE/in'],
    ['link', 'in'],
    ['out', 'linked'],
    ['folder/../out', 'in'],
  ])('however the paths are spelled: -o %s %s', async (out, input) => {
    const place = new Place();
    mkdirSync(place.path('folder'));
    symlinkSync('out', place.path('link'));
    symlinkSync('in', place.path('linked'));
    place.write('in', '1\n2\n3\n');
    await place.resume('in');
    place.append('in', '4\n5\n');
    const [o, i] = [out, input].map((name) => name.replace('ABSOLUTE', place.cwd));
    const { exit, stderr } = await place.run([...SAME, '--resume', '-o', o ?? '', i ?? '', '--dead-letter', './dl']);
    expect(exit, stderr).toBe(0);
    expect(stderr).toContain('2 in, 2 out');
    expect(place.read('out')).toBe('1\n2\n3\n4\n5\n');
  });

  it('with several inputs that grew, in any order, with new ones, and without those that are done', async () => {
    const place = new Place();
    place.write('a', '1\n2\n');
    place.write('b', '10\n');
    await place.resume('a', 'b');
    place.append('a', '3\n');
    place.append('b', '11\n');
    place.write('c', '20\n');
    expect((await place.resume('c', 'b', 'a')).exit).toBe(0);
    expect(place.read('out')).toBe('1\n2\n10\n20\n11\n3\n');
    place.append('c', '21\n');
    const { stderr } = await place.resume('c');
    expect(stderr).toContain('b is not among the inputs any more; its 2 lines are done and stay');
    expect(place.read('out')).toBe('1\n2\n10\n20\n11\n3\n21\n');
  });

  it('with an input that was renamed, and the new one that has its name', async () => {
    const place = new Place();
    place.write('log', '{"event":"one"}\n{"event":"two"}\n');
    await place.resume('log');
    place.append('log', '{"event":"three"}\n');
    renameSync(place.path('log'), place.path('log.1'));
    place.write('log', '{"event":"four"}\n');
    const { exit, stderr } = await place.resume('log.1', 'log');
    expect(exit, stderr).toBe(0);
    expect(place.read('out')).toBe('{"event":"one"}\n{"event":"two"}\n{"event":"three"}\n{"event":"four"}\n');
  });

  it('takes a copy of an input that is still there for a file of its own', async () => {
    const place = new Place();
    place.write('a', '{"event":"one"}\n{"event":"two"}\n');
    await place.resume('a');
    copyFileSync(place.path('a'), place.path('b'));
    await place.resume('a', 'b');
    expect(place.read('out')).toBe(place.read('a') + place.read('a'));
  });

  it('with compressed inputs, to which members are appended', async () => {
    const place = new Place();
    place.write('in.gz', gzipSync('1\n2\n'));
    await place.resume('in.gz');
    expect((await place.resume('in.gz')).stderr).toContain('already finished: 2 lines');
    place.append('in.gz', gzipSync('3\n4'));
    await place.resume('in.gz');
    place.append('in.gz', gzipSync('5\n6\n'));
    expect((await place.resume('in.gz')).exit).toBe(0);
    expect(place.read('out')).toBe('1\n2\n3\n45\n6\n');
  });

  it('with standard input, by what comes out of it', async () => {
    const place = new Place();
    const feed = (input: string) => place.run([...SAME, '--resume', '-o', 'out'], { input });
    await feed('1\n2\n');
    expect((await feed('1\n2\n')).stderr).toContain('already finished: 2 lines');
    await feed('1\n2\n3\n4');
    await feed('1\n2\n3\n45\n6\n');
    expect(place.read('out')).toBe('1\n2\n3\n45\n6\n');
    expect(await feed('1\n7\n3\n45\n6\n8\n')).toMatchObject({ exit: 2 });
    expect(await feed('1\n2\n')).toMatchObject({ exit: 2 });
    expect(place.read('out')).toBe('1\n2\n3\n45\n6\n');
  });

  it('does an unfinished last line again once it went on: its result and its dead letter are taken back', async () => {
    const place = new Place();
    const args = [...SAME, '--resume', '-o', 'out', '--dead-letter', 'dead', 'in'];
    place.write('in', '1\n{"n":2,"te');
    expect((await place.run(args)).exit).toBe(3);
    expect(place.read('dead')).toContain('"line":2}');
    const again = await place.run(args);
    expect([again.exit, again.stderr]).toEqual([3, expect.stringContaining('hint: 1 event failed')]);
    place.append('in', 'xt":"hi"}\n3\n2');
    expect((await place.run(args)).exit).toBe(0);
    expect(await place.run(args)).toMatchObject({ exit: 0, stderr: 'colloquium: already finished: 4 lines\n' });
    expect(place.read('dead')).toBe('');
    expect(place.read('out')).toBe('1\n{"n":2,"text":"hi"}\n3\n2\n');
    place.append('in', '34');
    await place.run(args);
    place.append('in', '\n');
    await place.run(args);
    expect(place.read('out')).toBe('1\n{"n":2,"text":"hi"}\n3\n234\n');
  });

  it('does again what came behind an unfinished line of another input', async () => {
    const place = new Place();
    place.write('a', '1\n2');
    place.write('b', '10\n11');
    await place.resume('a', 'b');
    expect(place.read('out')).toBe('1\n2\n10\n11\n');
    place.append('b', '1\n12\n');
    await place.resume('a', 'b');
    expect(place.read('out')).toBe('1\n2\n10\n111\n12\n');
    place.append('a', '2\n3\n');
    expect((await place.resume('a', 'b')).exit).toBe(0);
    expect(place.read('out')).toBe('1\n22\n3\n10\n111\n12\n');
  });

  it('counts only new events for --limit', async () => {
    const place = new Place();
    place.write('a', '1\n2\n3\n4\n');
    place.write('b', '5\n6\n7\n');
    for (let n = 0; n < 4; n++) await place.resume('--limit', '2', 'a', 'b');
    expect(place.read('out')).toBe('1\n2\n3\n4\n5\n6\n7\n');
  });

  it('does not take the name behind it for its value', async () => {
    const place = new Place();
    place.write('in', '1\n');
    expect((await place.run([...SAME, '-o', 'out', '--resume', 'in'])).exit).toBe(0);
    expect(place.read('out')).toBe('1\n');
  });

  it('with blank lines, a byte order mark, lines over the limit, and a limit on what is read at a time', async () => {
    const place = new Place();
    const config = `processing: { max_line_size: 2KB }\npipelines: { default: { stages: [] } }\n`;
    place.write('colloquium.yaml', config);
    const args = ['--resume', '-o', 'out', '--dead-letter', 'dead', 'in'];
    const long = `"${'x'.repeat(5000)}"`;
    place.write('in', `\uFEFF\n1\r\n${long}\n\n2\n${long}`);
    await place.run(args);
    expect((await place.run(args)).stderr).toContain('already finished: 6 lines');
    place.append('in', '\n3\n');
    const { stderr } = await place.run(args);
    expect(stderr).toContain('2 in, 1 out, 1 dead-lettered');
    expect(place.read('out')).toBe('1\n2\n3\n');
    expect(place.read('dead').trim().split('\n')).toHaveLength(2);
  });
});

describe.concurrent('run --resume refuses a changed world, and changes nothing', () => {
  const begun = async (): Promise<Place> => {
    const place = new Place();
    place.write('in', '1\n2\n3\n');
    expect((await place.resume('in')).exit).toBe(0);
    return place;
  };

  each(2)<[string, (place: Place) => void, readonly string[]]>([
    ['an input that was replaced', (place) => place.write('in', '11\n12\n13\n14\n'), ['in was replaced', '6 bytes']],
    ['an input that was replaced by a shorter one', (place) => place.write('in', '9\n'), ['in was ', '3 lines']],
    ['an input that was cut', (place) => truncateSync(place.path('in'), 2), ['in was cut', '2 bytes']],
    ['an input that was emptied', (place) => place.write('in', ''), ['in was cut', '0 bytes']],
    ['an output that was cut', (place) => truncateSync(place.path('out'), 3), ['out was cut', '3 bytes', '6']],
    ['an output that was edited', (place) => place.write('out', '1\n2\n4\n'), ['out was ']],
    ['an output that was added to', (place) => place.append('out', '9\n'), ['out was written to by somebody else']],
    [
      'an output that was replaced',
      (place) => {
        place.write('other', 'x\n'.repeat(20));
        renameSync(place.path('other'), place.path('out'));
      },
      ['out was replaced'],
    ],
  ])('%s', async (_, change, words) => {
    const place = await begun();
    change(place);
    await place.refused(RESUME, ...words);
  });

  each(3)<[string, readonly string[], string]>([
    ['another script', ['-e', '[1, ["$input"]]'], 'stage 1'],
    ['another filter', ['--filter', 'true', ...SAME], 'stage 2'],
    ['envelopes', ['--envelope', ...SAME], 'what its outputs take'],
  ])('%s', async (_, stages, words) => {
    const place = await begun();
    await place.refused([...stages, '--resume', '-o', 'out', 'in'], 'the stages changed', words);
  });

  it('a table with other rows, and goes on where it has the same', async () => {
    const place = new Place();
    const lookup = ['-e', 'table.get("t", $input)/v', '--table', 't=t.csv:k'];
    place.write('in', '1\n2\n');
    place.write('t.csv', 'k,v\n1,a\n2,b\n3,c\n');
    await place.run([...lookup, '--resume', '-o', 'out', 'in']);
    place.append('in', '3\n');
    place.write('t.csv', 'k,v\n1,a\n2,b\n3,d\n');
    await place.refused([...lookup, '--resume', '-o', 'out', 'in'], 'the stages changed', 'table t');
    place.write('u.csv', 'k,v\r\n1,a\r\n2,b\r\n3,c\r\n');
    const moved = ['-e', 'table.get("t", $input)/v', '--table', 't=u.csv:k'];
    expect(await place.run([...moved, '--resume', '-o', 'out', 'in'])).toMatchObject({ exit: 0 });
    expect(place.read('out')).toBe('"a"\n"b"\n"c"\n');
  });

  it('other inputs, and an input that it stopped within and that is not among them', async () => {
    const place = await begun();
    place.write('other', '1\n');
    await place.refused([...SAME, '--resume', '-o', 'out', 'other'], 'none of that is among the inputs');
    place.append('in', '4\n5\n');
    await place.resume('--limit', '1', 'other', 'in');
    await place.resume('--limit', '1', 'other', 'in');
    await place.refused([...SAME, '--resume', '-o', 'out', 'other'], 'it stopped within', 'behind line 4');
  });

  it('whatever it is: --restart does everything again, --resume=force goes on', async () => {
    const place = await begun();
    place.write('in', '11\n12\n13\n14\n');
    const forced = await place.run([...SAME, '--resume=force', '-o', 'out', 'in']);
    expect(forced.stderr).toContain('it goes on all the same');
    expect(place.read('out')).toBe('1\n2\n3\n14\n');
    for (const flags of [['--restart'], ['--resume', '--restart']]) {
      place.write('in', '21\n22\n');
      expect((await place.run([...SAME, ...flags, '-o', 'out', 'in'])).exit).toBe(0);
      expect(place.read('out')).toBe('21\n22\n');
      expect((await place.resume('in')).stderr).toContain('already finished: 2 lines');
    }
  });

  it('an output that was cut within a line is added to behind it with --resume=force', async () => {
    const place = await begun();
    truncateSync(place.path('out'), 3);
    place.append('in', '4\n');
    await place.run([...SAME, '--resume=force', '-o', 'out', 'in']);
    expect(place.read('out')).toBe('1\n2\n4\n');
  });

  it('refuses stdout, which cannot be cut back', async () => {
    const { exit, stderr } = await runCli(['-e', '1', '--resume'], {});
    expect(exit).toBe(2);
    expect(stderr).toContain('-o');
  });
});

describe.concurrent('run --resume starts over', () => {
  it('when the output is gone, and says so, once', async () => {
    const place = new Place();
    place.write('in', '1\n2\n');
    await place.resume('in');
    rmSync(place.path('out'));
    expect((await place.resume('in')).stderr).toContain('out is gone: everything is done again');
    expect(place.read('out')).toBe('1\n2\n');
    expect((await place.resume('in')).stderr).toContain('already finished: 2 lines');
  });

  it('with all outputs of a config and its dead letters, of which nothing is doubled', async () => {
    const place = new Place();
    place.write(
      'colloquium.yaml',
      `state_dir: ./state
pipelines:
  default:
    stages: [{ filter: ["!=", [$input], 0] }]
    outputs: [{ file: out/a }, { file: out/b, rotate_size: 8 }]
    dead_letter: out/dead
`,
    );
    mkdirSync(place.path('out'));
    place.write('out/a', 'was there\n');
    place.write('out/dead', 'was there, too\n');
    place.write('in', '1111\n2222\n0\n3333\nx\n4444\n');
    const args = ['--resume', 'in'];
    expect((await place.run(['--restart', 'in'])).exit).toBe(3);
    const first = Object.entries(place.all()).filter(([path]) => path.includes('/out/'));
    for (const name of ['out/a', 'out/b']) {
      rmSync(place.path(name));
      if (name === 'out/a') place.write('out/a', 'was there\n');
      if (name === 'out/a') rmSync(place.path(name));
      const { stderr, exit } = await place.run(args);
      expect(exit, stderr).toBe(3);
      expect(stderr).toContain(`${name} is gone`);
    }
    const last = Object.entries(place.all()).filter(([path]) => path.includes('/out/'));
    expect(last.map(([path, text]) => [path, text.replace('was there\n', '')])).toEqual(
      first.map(([path, text]) => [path, text.replace('was there\n', '')]),
    );
    place.append('in', '5555\n');
    await place.run(args);
    expect(place.read('out/a')).toBe('1111\n2222\n3333\n4444\n5555\n');
  });

  each(1)([[['-o', 'out']], [['-o', './out']]])(
    'with --restart when a plain run wrote the output: %s',
    async (output) => {
      const place = new Place();
      place.write('in', '1\n2\n3\n');
      await place.resume('in');
      place.write('in', '{"day":2,"n":3}\n{"day":2,"n":4}\n');
      await place.run([...SAME, ...output, 'in']);
      place.append('in', '5\n');
      expect((await place.resume('in')).stderr).toContain('out is not empty');
      expect((await place.run([...SAME, '--restart', '-o', 'out', 'in'])).exit).toBe(0);
      expect(place.read('out')).toBe(place.read('in'));
    },
  );
});

describe.concurrent('the state folder of run --resume', () => {
  it('is told of before the first event when it cannot be used', async () => {
    const place = new Place();
    place.write('in', '1\n');
    place.write('out', 'old\n');
    const env = { XDG_STATE_HOME: '/proc/nowhere', HOME: '/proc/nowhere' };
    const { exit, stderr } = await place.run(RESUME, { env });
    expect(exit).toBe(74);
    expect(stderr).toContain('cannot use the state folder');
    expect(place.read('out')).toBe('old\n');
    expect((await place.run([...SAME, '-o', 'out', 'in'], { env })).exit).toBe(0);
  });

  it('is told of when what is in it is damaged, and --restart helps', async () => {
    const place = new Place();
    place.write('in', '1\n');
    await place.resume('in');
    const folder = place.path('.state/colloquium/checkpoints');
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'rubbish');
    const { exit, stderr } = await place.resume('in');
    expect(exit).toBe(74);
    expect(stderr).toContain('is damaged');
    expect(stderr).toContain('--restart');
    expect((await place.run([...SAME, '--restart', '-o', 'out', 'in'])).exit).toBe(0);
    expect(existsSync(place.path('out'))).toBe(true);
  });
});
