import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Place, SAME } from './place.js';
import { each } from '../../support/runs.js';

/** So many lines, each with its number. */
function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `{"id":${from + index},"pad":"${'x'.repeat(20)}"}\n`).join(
    '',
  );
}

const ROTATED = [...SAME, '--resume', '--rotate', '1KB', '-o', 'out.ndjson', 'in'];

/** A folder with an input of 60 lines, of which a run has made two files beside the output. */
async function rotated(args: readonly string[] = ROTATED): Promise<Place> {
  const place = new Place();
  place.write('in', lines(1, 60));
  expect(await place.run(args)).toMatchObject({ exit: 0 });
  expect(place.lines('out.000001.ndjson', 'out.000002.ndjson', 'out.ndjson')).toHaveLength(60);
  return place;
}

describe.concurrent('run --resume, whose output is not empty though nothing is known of it', () => {
  it('refuses when the state folder is gone, and names the ways out', async () => {
    const place = new Place();
    place.write('in', '1\n2\n3\n');
    await place.resume('in');
    rmSync(place.path('.state'), { recursive: true });
    place.write('in', '4\n');
    const { exit, stderr } = await place.resume('in');
    expect([exit, stderr]).toEqual([
      2,
      expect.stringMatching(/out is not empty, and in \S+ nothing says which inputs/),
    ]);
    expect(stderr).toContain('--restart does everything, and replaces it; -o takes another file');
    expect(place.read('out')).toBe('1\n2\n3\n');
    expect(await place.run([...SAME, '--restart', '-o', 'out', 'in'])).toMatchObject({ exit: 0 });
    expect(place.read('out')).toBe('4\n');
    expect((await place.resume('in')).stderr).toContain('already finished: 1 line');
  });

  it('refuses outputs of a config, to which --restart adds', async () => {
    const place = new Place();
    place.write(
      'colloquium.yaml',
      'state_dir: ./.state\npipelines: { default: { stages: [], outputs: [{ file: out }] } }\n',
    );
    place.write('in', '1\n2\n');
    place.write('out', 'was there\n');
    const { exit, stderr } = await place.run(['--resume', 'in']);
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining('--restart does everything, and adds it to what is there'),
    ]);
    await place.run(['--restart', 'in']);
    expect(place.read('out')).toBe('was there\n1\n2\n');
    expect((await place.run(['--resume', 'in'])).stderr).toContain('already finished: 2 lines');
  });

  it('refuses when only files that were set aside are left', async () => {
    const place = await rotated(ROTATED.filter((word) => word !== '--resume'));
    rmSync(place.path('out.ndjson'));
    expect(await place.run(ROTATED)).toMatchObject({ exit: 2 });
  });
});

describe.concurrent('run --resume starts over with outputs that are compressed when they are set aside', () => {
  const begun = (): Place => {
    const place = new Place();
    place.write(
      'colloquium.yaml',
      `state_dir: ./.state
pipelines:
  default:
    stages: []
    outputs: [{ file: ./out/a.ndjson, rotate_size: 1KB, gzip: true }, { file: ./out/b.ndjson }]
`,
    );
    place.write('in', lines(1, 100));
    mkdirSync(place.path('out'));
    return place;
  };
  const everything = (place: Place): string =>
    readdirSync(place.path('out'))
      .filter((name) => name.startsWith('a.'))
      .sort()
      .map((name) =>
        name.endsWith('.gz') ? gunzipSync(place.bytes(`out/${name}`)).toString() : place.read(`out/${name}`),
      )
      .join('');
  const expectOnce = async (place: Place, before = ''): Promise<void> => {
    expect(everything(place)).toBe(before + lines(1, 100));
    expect(place.read('out/b.ndjson')).toBe(lines(1, 100));
    expect((await place.run(['--resume', 'in'])).stderr).toContain('already finished: 100 lines');
  };

  it('with --restart, and when another output is gone', async () => {
    const place = begun();
    await place.run(['--resume', 'in']);
    expect(existsSync(place.path('out/a.000001.ndjson.gz'))).toBe(true);
    for (let nth = 0; nth < 2; nth++) {
      expect(await place.run(['--restart', 'in'])).toMatchObject({ exit: 0 });
      await expectOnce(place);
    }
    for (let nth = 0; nth < 2; nth++) {
      rmSync(place.path('out/b.ndjson'));
      const { exit, stderr } = await place.run(['--resume', 'in']);
      expect([exit, stderr]).toEqual([0, expect.stringContaining('b.ndjson is gone: everything is done again')]);
      await expectOnce(place);
    }
  });

  it('and keeps what was in them before', async () => {
    const place = begun();
    const before = lines(1001, 1003);
    place.write('out/a.ndjson', before);
    for (let nth = 0; nth < 3; nth++) {
      expect(await place.run(['--restart', 'in'])).toMatchObject({ exit: 0 });
      await expectOnce(place, before);
    }
  });

  it('refuses when one of them was changed, and changes nothing', async () => {
    const place = begun();
    await place.run(['--resume', 'in']);
    place.append('out/a.000001.ndjson.gz', 'X');
    const before = place.all();
    const { exit, stderr } = await place.run(['--restart', 'in']);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('a.000001.ndjson.gz was changed by somebody')]);
    expect(place.all()).toEqual(before);
  });
});

describe.concurrent('run --resume, one of whose files that were set aside', () => {
  each(2)<[string, (place: Place) => void]>([
    ['was cut', (place) => truncateSync(place.path('out.000001.ndjson'), 100)],
    ['was added to', (place) => place.append('out.000001.ndjson', 'X')],
    ['was edited', (place) => place.write('out.000001.ndjson', 'X'.repeat(place.read('out.000001.ndjson').length))],
  ])('%s, refuses', async (_, change) => {
    const place = await rotated();
    change(place);
    place.append('in', lines(61, 62));
    await place.refused(ROTATED, 'out.000001.ndjson was changed by somebody since it was set aside');
  });

  it('is not there any more, says so once and goes on', async () => {
    const place = await rotated();
    rmSync(place.path('out.000001.ndjson'));
    place.append('in', lines(61, 62));
    const { exit, stderr } = await place.run(ROTATED);
    expect([exit, stderr]).toEqual([0, expect.stringContaining('out.000001.ndjson is not there any more')]);
    expect(await place.run(ROTATED)).toMatchObject({ exit: 0, stderr: 'colloquium: already finished: 62 lines\n' });
    expect(existsSync(place.path('out.000001.ndjson'))).toBe(false);
  });
});

describe.concurrent('run --resume, whose output was renamed', () => {
  it('goes on in a new file', async () => {
    const place = new Place();
    place.write('in', lines(1, 2));
    await place.resume('in');
    renameSync(place.path('out'), place.path('out.1'));
    place.append('in', lines(3, 4));
    const { exit, stderr } = await place.resume('in');
    expect([exit, stderr]).toEqual([0, expect.stringContaining('out was renamed to out.1: it goes on in a new file')]);
    expect([place.read('out.1'), place.read('out')]).toEqual([lines(1, 2), lines(3, 4)]);
    renameSync(place.path('out'), place.path('out.2'));
    place.write('out', '');
    place.append('in', lines(5, 5));
    await place.resume('in');
    expect([place.read('out.2'), place.read('out')]).toEqual([lines(3, 4), lines(5, 5)]);
    expect((await place.resume('in')).stderr).toContain('already finished: 5 lines');
  });

  it('goes on in a new file also when it was compressed since', async () => {
    const place = new Place();
    place.write('in', lines(1, 2));
    await place.resume('in');
    place.write('out.1.gz', gzipSync(place.read('out')));
    rmSync(place.path('out'));
    place.append('in', lines(3, 4));
    const { exit, stderr } = await place.resume('in');
    expect([exit, stderr]).toEqual([0, expect.stringContaining('out was renamed to out.1.gz')]);
    expect(place.read('out')).toBe(lines(3, 4));
  });

  it('takes back from it what came of a last line that went on, unless it was renamed before', async () => {
    const place = new Place();
    place.write('in', '1\n2');
    await place.resume('in');
    renameSync(place.path('out'), place.path('out.1'));
    place.append('in', '3\n4');
    expect(await place.resume('in')).toMatchObject({ exit: 0 });
    expect([place.read('out.1'), place.read('out')]).toEqual(['1\n', '23\n4\n']);
    renameSync(place.path('out'), place.path('out.2'));
    place.write('other', '7\n');
    expect(await place.resume('in', 'other')).toMatchObject({ exit: 0 });
    place.append('in', '5\n');
    await place.refused([...SAME, '--resume', '-o', 'out', 'in', 'other'], 'a last line went on');
    expect([place.read('out.2'), place.read('out')]).toEqual(['23\n4\n', '7\n']);
  });

  it('refuses when somebody else has its name, or added to it', async () => {
    const place = new Place();
    place.write('in', lines(1, 2));
    await place.resume('in');
    renameSync(place.path('out'), place.path('out.1'));
    place.write('out', 'X\n');
    await place.refused([...SAME, '--resume', '-o', 'out', 'in'], 'out was replaced');
    rmSync(place.path('out'));
    place.append('out.1', 'X\n');
    await place.refused([...SAME, '--resume', '-o', 'out', 'in'], 'out.1 was written to by somebody else');
  });
});

describe.concurrent('a run that begins anew beside files that a former one set aside', () => {
  const PLAIN = ROTATED.filter((word) => word !== '--resume');
  const UNROTATED = [...SAME, '-o', 'out.ndjson', 'in'];

  it('removes them, also without --rotate', async () => {
    const place = await rotated(PLAIN);
    expect(await place.run(UNROTATED)).toMatchObject({ exit: 0 });
    expect(Object.keys(place.all()).map((path) => path.replace(`${place.cwd}/`, ''))).toEqual(['in', 'out.ndjson']);
    expect(place.read('out.ndjson')).toBe(lines(1, 60));
  });

  each(2)([
    ['with --rotate', PLAIN],
    ['without', UNROTATED],
    ['with --restart', ROTATED.map((word) => (word === '--resume' ? '--restart' : word))],
  ])('refuses when somebody has changed one: %s', async (_, args) => {
    const place = await rotated(PLAIN);
    place.append('out.000001.ndjson', 'X\n');
    const before = place.all();
    const { exit, stderr } = await place.run(args);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('somebody has changed out.000001.ndjson')]);
    expect(place.all()).toEqual(before);
    renameSync(place.path('out.000001.ndjson'), place.path('mine'));
    expect(await place.run(args)).toMatchObject({ exit: 0 });
  });

  it('does not remove what it reads', async () => {
    const place = await rotated(PLAIN);
    const before = place.all();
    const { exit, stderr } = await place.run([...UNROTATED.slice(0, -1), 'out.000001.ndjson', 'out.000002.ndjson']);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('is both an input and')]);
    expect(place.all()).toEqual(before);
  });
});

describe.concurrent('run without --resume, after one with it', () => {
  const KEY = Buffer.alloc(32, 7).toString('base64');
  const goesOn = async (place: Place, args: readonly string[], out: string): Promise<void> => {
    place.append('in', '{"k":"c"}\n');
    expect(await place.run(args)).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('1 in, 1 out') as string,
    });
    expect(place.read(out)).toBe(place.read('in'));
  };
  const configured = (outputs: string, more = ''): string =>
    `state_dir: ./.state\n${more}pipelines: { default: { outputs: [${outputs}] } }\n`;

  it('changes nothing when an output holds lines of the other form, in whatever order it comes', async () => {
    const storage = `storage: { encryption: { key: "${KEY}" } }\n`;
    for (const outputs of ['{ file: out, encrypt: true }', '{ file: other }, { file: out, encrypt: true }']) {
      const place = new Place();
      place.write('in', '{"k":"a"}\n{"k":"b"}\n');
      place.write('colloquium.yaml', configured('{ file: out }'));
      place.write('enc.yaml', configured(outputs, storage));
      expect(await place.run(['--resume', 'in'])).toMatchObject({ exit: 0 });
      const refused = await place.run(['-c', 'enc.yaml', 'in']);
      expect([refused.exit, refused.stderr]).toEqual([
        2,
        expect.stringContaining('it holds lines that are not encrypted'),
      ]);
      await goesOn(place, ['--resume', 'in'], 'out');
    }
  });

  it('changes nothing when the dead letters, opened beside an output that is replaced, are refused', async () => {
    const place = new Place();
    place.write('in', '{"k":"a"}\n{"k":"b"}\n');
    expect(await place.resume('in')).toMatchObject({ exit: 0 });
    mkdirSync(place.path('letters'));
    const refused = await place.run([...SAME, '-o', 'out', '--dead-letter', 'letters', 'in']);
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('cannot open letters')]);
    expect(place.read('out')).toBe(place.read('in'));
    await goesOn(place, [...SAME, '--resume', '-o', 'out', 'in'], 'out');
  });

  it('changes nothing when the first file of an output with a file per key can not be opened', async () => {
    const place = new Place();
    place.write('in', '{"k":"a"}\n');
    place.write(
      'colloquium.yaml',
      "state_dir: ./.state\npipelines: { default: { routing_key: /k, outputs: [{ file: './by/{routing_key}' }] } }\n",
    );
    expect(await place.run(['--resume', 'in'])).toMatchObject({ exit: 0 });
    mkdirSync(place.path('by/z'));
    place.write('other', '{"k":"z"}\n');
    expect(await place.run(['other'])).toMatchObject({ exit: 74 });
    place.append('in', '{"k":"a"}\n');
    expect(await place.run(['--resume', 'in'])).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('1 in, 1 out') as string,
    });
  });

  it('forgets where the former one stopped once it writes, and not when it has nothing to write', async () => {
    const place = new Place();
    place.write('in', '{"k":"a"}\n');
    place.write('none', '');
    place.write('colloquium.yaml', configured('{ file: out }'));
    expect(await place.run(['--resume', 'in'])).toMatchObject({ exit: 0 });
    expect(await place.run(['none'])).toMatchObject({ exit: 0 });
    await goesOn(place, ['--resume', 'in'], 'out');
    expect(await place.run(['in'])).toMatchObject({ exit: 0 });
    expect(await place.run(['--resume', 'in'])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('nothing says which inputs') as string,
    });
  });
});
