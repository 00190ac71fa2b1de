import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { Place, SAME } from './place.js';

describe.concurrent('output formats', () => {
  it('give the same rows on several threads as on one, whatever the first event is', async () => {
    const place = new Place();
    const lines = Array.from({ length: 60_000 }, (_, n) =>
      JSON.stringify({ n, text: `row "${n}", of many`, odd: null }),
    );
    place.write('in', ['[1]', ...lines, '{"n":1,"other":2}', ''].join('\n'));
    const rows = ['n,text,odd', ...lines.map((_, n) => `${n},"row ""${n}"", of many",`), ''].join('\n');
    for (const workers of ['1', '2']) {
      const { stdout, stderr, exit } = await place.run([...SAME, '--out', 'csv', '-j', workers, 'in']);
      expect(exit).toBe(3);
      expect(stdout === rows).toBe(true);
      expect(stderr).toContain('the first event names the columns by its keys, and this one has none');
      expect(stderr).toContain('the key \\"other\\" is not a column: the columns are n, text, odd');
      expect(stderr).toContain('60002 in, 60000 out, 2 dead-lettered'.replaceAll(/(\d\d)(\d{3})/g, '$1,$2'));
    }
  });

  it('are compressed, header and all', async () => {
    const place = new Place();
    place.write('in', '{"a":"x\\ty","b":true}\n');
    for (const more of [[], ['--columns', 'a,b']]) {
      expect((await place.run([...SAME, '--out', 'tsv', '-o', 'out.tsv.gz', ...more, 'in'])).exit).toBe(0);
      expect(gunzipSync(place.bytes('out.tsv.gz')).toString()).toBe('a\tb\nx\\ty\ttrue\n');
    }
  });

  it('go on with a table below its one header, and not with other columns', async () => {
    const place = new Place();
    place.write('in', '{"a":"1\\n"}\n{"a":2}\n{"a":3}\n{"a":4}\n{"a":5}\n');
    const resume = ['--out', 'csv', '--resume', '-o', 'out.csv', '--columns'];
    for (let n = 0; n < 3; n++) await place.run([...SAME, ...resume, 'a,b', '--limit', '2', 'in']);
    expect(place.read('out.csv')).toBe('a,b\n"1\n",\n2,\n3,\n4,\n5,\n');
    await place.refused([...SAME, ...resume, 'b,a', 'in'], 'what its outputs take');
    const again = await place.run([...SAME, ...resume, 'b,a', '--restart', 'in']);
    expect([again.exit, place.read('out.csv').slice(0, 9)]).toEqual([0, 'b,a\n,"1\n"']);
  });

  it('are those of a daemon, too: each of its files is a table, over kill -9, rotation and renaming', async () => {
    const config = `
pipelines:
  default:
    outputs: [{ file: ./out.csv, format: csv, columns: [n, text], rotate_size: 200 }]
`;
    let daemon = await startDaemon(config);
    const { cwd } = daemon;
    const seen: string[] = [];
    const rows = (): string[] => {
      const names = [...Array.from({ length: 99 }, (_, n) => `out.${String(n + 1).padStart(6, '0')}.csv`), 'out.csv'];
      const there = [...seen, ...names].filter((name) => existsSync(join(cwd, name)));
      return there.flatMap((name) => {
        const [header, ...rest] = readFileSync(join(cwd, name), 'utf8').split(/\n(?=\d|$)/);
        if (header !== '') expect(header).toBe('n,text');
        return rest.filter((row) => row !== '');
      });
    };
    const send = async (from: number): Promise<void> => {
      const events = Array.from({ length: 10 }, (_, n) => `{"n":${from + n},"text":"two\\nlines"}\n`);
      await postLines(`${daemon.url}/events`, events.join(''));
      await until(() => rows().length >= from + 10, 'all rows are out');
    };
    await send(0);
    await daemon.end('SIGKILL');
    daemon = await startDaemon(config, { cwd });
    await send(10);
    renameSync(join(cwd, 'out.csv'), join(cwd, 'moved.csv'));
    seen.push('moved.csv');
    await daemon.says('renamed');
    await send(20);
    await daemon.end();
    const expected = Array.from({ length: 30 }, (_, n) => `${n},"two\nlines"`);
    expect(rows().sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))).toEqual(expected);

    const replayed = await runCli(['replay', '--since', '0', '-r', '--filter', '/n < 2'], { cwd });
    expect(replayed.stdout).toBe('{"n":0,"text":"two\\nlines"}\n{"n":1,"text":"two\\nlines"}\n');
    const refused = await runCli(['replay', '--since', '0', '-r', '--raw'], { cwd });
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('--raw writes whole events')]);
  });

  it('of a daemon whose columns are changed wait until its file is moved away, and nothing is lost', async () => {
    const config = (columns: string): string => `
pipelines:
  default:
    outputs: [{ file: ./out.csv, format: csv, columns: [${columns}] }]
`;
    const first = await startDaemon(config('n'));
    const { cwd } = first;
    const file = join(cwd, 'out.csv');
    await postLines(`${first.url}/events`, '{"n":1}\n');
    await until(() => existsSync(file) && readFileSync(file, 'utf8') === 'n\n1\n', 'the row is out');
    await first.end();
    const second = await startDaemon(config('n, m'), { cwd });
    await postLines(`${second.url}/events`, '{"n":2,"m":3}\n');
    const { error } = await second.says('processing failed');
    expect(error).toContain('it begins with "n", which is not the header of these columns');
    renameSync(file, join(cwd, 'old.csv'));
    await until(() => existsSync(file) && readFileSync(file, 'utf8') === 'n,m\n2,3\n', 'the next row is out');
    await second.end();
    expect(readFileSync(join(cwd, 'old.csv'), 'utf8')).toBe('n\n1\n');
  });
});
