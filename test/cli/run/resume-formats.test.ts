import { existsSync, renameSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultOf, startCli } from '../../support/cli.js';
import { until } from '../../support/daemon.js';
import { each, modelRuns } from '../../support/runs.js';
import { Place, SAME } from './place.js';

/** Inputs, as they are when they are whole, with the flags that they are read by. */
const WHOLE: Readonly<
  Record<string, { readonly name: string; readonly flags: readonly string[]; readonly text: string }>
> = {
  csv: { name: 'in.csv', flags: [], text: 'id,name\n1,"a ""b"""\n2,"two\nlines"\n\n3,é\n4,broken,row\n5,end' },
  tsv: { name: 'in.tsv', flags: [], text: 'id\tname\n1\ta b\n2\tb\n3\n4\tend\n' },
  json: { name: 'in', flags: ['--in', 'json'], text: '[{"a":1},\n {"a":[2, 3]}, "é", 45, {"a":6}]' },
  text: { name: 'in', flags: ['--in', 'text'], text: 'one\n\ntwo é\nthree' },
  'text with --start': {
    name: 'in',
    flags: ['--in', 'text', '--start', '^\\S'],
    text: 'boom\n  at a\n  at b\nfine\nboom\n  at c',
  },
};

const LETTERS = ['--dead-letter', 'dead'];

describe.concurrent('run --resume of what is not lines of JSON', () => {
  each(2)(Object.entries(WHOLE))(
    'gives what one run over everything gives, wherever the input ended in between: %s',
    async (_, { name, flags, text }) => {
      const bytes = Buffer.from(text);
      const args = [...SAME, ...flags, name, '-o', 'out', ...LETTERS];
      const once = new Place();
      once.write(name, bytes);
      const { exit } = await once.run(args);
      const expected = once.read('out');
      const dead = existsSync(once.path('dead')) ? letters(once) : [];
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 4 }),
          async (cuts) => {
            const place = new Place();
            for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
              place.write(name, bytes.subarray(0, cut));
              const done = await place.run([...args, '--resume']);
              expect([0, 3], done.stderr).toContain(done.exit);
            }
            expect(place.read('out')).toBe(expected);
            expect(existsSync(place.path('dead')) ? letters(place) : []).toEqual(dead);
            expect((await place.run([...args, '--resume'])).stderr).toContain('already finished');
          },
        ),
        modelRuns(4),
      );
      expect([0, 3]).toContain(exit);
    },
  );

  it('when it is killed in between', async () => {
    const place = new Place();
    const rows = Array.from({ length: 200_000 }, (_, n) => `${n},"name ${n}\nof ${n}"\n`);
    place.write('in.csv', `id,name\n${rows.join('')}`);
    const args = ['--resume', '--no-progress', '-j', '1', '-e', '/id', '-r', 'in.csv', '-o', 'out'];
    for (let kills = 0; kills < 3; kills++) {
      const child = startCli(args, { cwd: place.cwd });
      const before = existsSync(place.path('out')) ? place.bytes('out').length : 0;
      const done = resultOf(child);
      await Promise.race([
        done,
        until(() => existsSync(place.path('out')) && place.bytes('out').length > before, 'more'),
      ]);
      child.kill('SIGKILL');
      await done;
    }
    const { exit, stderr } = await place.run(args);
    expect(exit, stderr).toBe(0);
    expect(place.read('out')).toBe(rows.map((_, n) => `${n}\n`).join(''));
  });

  it('packed, renamed, and with another beside it', async () => {
    const place = new Place();
    place.write('a.csv.gz', gzipSync('n\n1\n2\n'));
    expect((await place.resume('a.csv.gz')).exit).toBe(0);
    renameSync(place.path('a.csv.gz'), place.path('b.csv.gz'));
    place.write('c.csv', 'n\n3\n');
    expect((await place.resume('b.csv.gz', 'c.csv')).stderr).toContain('1 in, 1 out');
    // A copy is a file of its own.
    place.write('d.csv', 'n\n3\n');
    expect((await place.resume('b.csv.gz', 'c.csv', 'd.csv')).stderr).toContain('1 in, 1 out');
    expect(place.read('out')).toBe('{"n":"1"}\n{"n":"2"}\n{"n":"3"}\n{"n":"3"}\n');
  });

  it('of standard input, which is read once more', async () => {
    const place = new Place();
    const args = [...SAME, '--in', 'csv', '--resume', '-o', 'out'];
    await place.run(args, { input: 'n\n1\n' });
    const { stderr } = await place.run(args, { input: 'n\n1\n2\n' });
    expect(stderr).toContain('1 in, 1 out');
    expect(place.read('out')).toBe('{"n":"1"}\n{"n":"2"}\n');
  });

  each(1)([
    ['a row', 'id,n\n1,9\n2,b\n3,c\n'],
    ['the names of its fields', 'id,m\n1,a\n2,b\n3,c\n'],
    ['its length', 'id,n\n1,a\n'],
  ])('is refused, and changes nothing, where what is done is not there any more: %s', async (_, text) => {
    const place = new Place();
    place.write('in.csv', 'id,n\n1,a\n2,b\n');
    await place.resume('in.csv');
    place.write('in.csv', text);
    await place.refused(
      [...SAME, '--resume', '-o', 'out', 'in.csv'],
      'its first 3 lines, which are done, are not those',
    );
  });

  it('is refused where it is read as something else by now', async () => {
    const place = new Place();
    place.write('in.csv', 'id,n\n1,a\n');
    await place.resume('in.csv');
    const args = [...SAME, '--resume', '-o', 'out', 'in.csv'];
    await place.refused([...args, '--in', 'text'], 'in.csv was read as csv, and now as text');
    await place.refused([...args, '--in', 'ndjson'], 'in.csv was read as csv, and now as ndjson');
  });
});

/** What does not change from run to run. */
function letters(place: Place): readonly unknown[] {
  return place.lines('dead').map((line) => {
    const { raw, line: at, error } = JSON.parse(line) as Record<string, unknown>;
    return { raw, at, error };
  });
}
