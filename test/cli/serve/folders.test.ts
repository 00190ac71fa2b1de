import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { startDaemon, until, type TestDaemon } from '../../support/daemon.js';

const CONFIG = `
sources: [{ folder: ./in }]
pipelines:
  default: { outputs: [{ file: ./out/events.ndjson }], dead_letter: ./out/dead.ndjson }
`;

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `${from + n}\n`).join('');

function stored(cwd: string, file = 'out/events.ndjson'): string[] {
  try {
    return readFileSync(join(cwd, file), 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

/** A daemon over a folder `in`, and what is to be in its output. */
async function watching(prepare: (folder: string) => void = () => undefined, config = CONFIG) {
  const cwd = scratch();
  const at = (name: string): string => join(cwd, 'in', name);
  mkdirSync(at(''));
  prepare(at(''));
  let daemon = await startDaemon(config, { cwd });
  const isStored = async (expected: readonly string[], what: string): Promise<void> => {
    await until(() => stored(cwd).length >= expected.length, what);
    expect(stored(cwd).toSorted(byNumber)).toEqual(expected.toSorted(byNumber));
  };
  return {
    cwd,
    at,
    isStored,
    daemon: (): TestDaemon => daemon,
    async restart(signal: NodeJS.Signals, between: () => void = () => undefined) {
      await daemon.end(signal);
      between();
      daemon = await startDaemon(config, { cwd });
    },
  };
}

const byNumber = (a: string, b: string): number => Number(a) - Number(b);
const lines = (text: string): string[] => text.split('\n').slice(0, -1);

describe.concurrent('the daemon in a watched folder', () => {
  it('is not started where its output leads into it, by whatever links', async () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'in'));
    symlinkSync('in', join(cwd, 'out'));
    writeFileSync(join(cwd, 'colloquium.yaml'), `state_dir: ./state\n${CONFIG}`);
    for (const command of ['check', 'serve']) {
      const { exit, stdout, stderr } = await runCli([command], { cwd });
      expect([command, exit, stdout + stderr]).toEqual([command, 78, expect.stringContaining('read as a source')]);
    }
    rmSync(join(cwd, 'out'));
    mkdirSync(join(cwd, 'out'));
    symlinkSync('../in/events.ndjson', join(cwd, 'out/events.ndjson'));
    expect((await runCli(['check'], { cwd })).exit).toBe(78);
  });

  it('does not read its own output by another name, and says so once', async () => {
    const { cwd, at, isStored, daemon } = await watching((folder) => writeFileSync(join(folder, 'a.ndjson'), '1\n'));
    await isStored(['1'], 'the file');
    linkSync(join(cwd, 'out/events.ndjson'), at('own.ndjson'));
    expect(await daemon().says(/left alone/)).toMatchObject({ reason: expect.stringContaining('output') as unknown });
    writeFileSync(at('b.ndjson'), '2\n');
    await isStored(['1', '2'], 'another file');
    writeFileSync(at('c.ndjson'), '3\n');
    await isStored(['1', '2', '3'], 'one more');
    const told = daemon()
      .said()
      .filter(({ msg }) => msg.includes('left alone'));
    expect(told).toHaveLength(1);
    await daemon().end();
  });

  it('reads a file that was cut, and one that was removed and recreated, from their starts', async () => {
    const { at, isStored, daemon } = await watching((folder) => {
      writeFileSync(join(folder, 'a.ndjson'), numbers(0, 5));
      writeFileSync(join(folder, 'b.ndjson'), numbers(10, 15));
    });
    await isStored([...lines(numbers(0, 5)), ...lines(numbers(10, 15))], 'both files');
    truncateSync(at('a.ndjson'));
    appendFileSync(at('a.ndjson'), numbers(20, 28));
    rmSync(at('b.ndjson'));
    writeFileSync(at('b.ndjson'), numbers(30, 35));
    const all = [numbers(0, 5), numbers(10, 15), numbers(20, 28), numbers(30, 35)].flatMap(lines);
    await isStored(all, 'the new content');
    expect(await daemon().end()).toBe(0);
  });

  it('knows its files after a kill, whatever was done to them meanwhile', async () => {
    const folder = await watching((path) => {
      for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(path, name), objects(name, 0, 5));
    });
    const { at, cwd } = folder;
    const has = (count: number, what: string): Promise<void> => until(() => stored(cwd).length >= count, what);
    await has(20, 'four files');
    await folder.restart('SIGKILL', () => {
      renameSync(at('a'), at('a2'));
      appendFileSync(at('a2'), objects('a', 5, 6));
      truncateSync(at('b'));
      appendFileSync(at('b'), objects('B', 0, 1));
      rmSync(at('c'));
      writeFileSync(join(cwd, 'new'), objects('D', 0, 3));
      renameSync(join(cwd, 'new'), at('d'));
    });
    await has(25, 'what is new');
    rmSync(at(''), { recursive: true });
    await folder.daemon().says('a watched folder cannot be read');
    mkdirSync(at(''));
    writeFileSync(at('a'), objects('E', 0, 2));
    await has(27, 'the file in the folder that was made again');
    const expected = ['a', 'b', 'c', 'd'].flatMap((name) => lines(objects(name, 0, 5)));
    const news = [objects('a', 5, 6), objects('B', 0, 1), objects('D', 0, 3), objects('E', 0, 2)].flatMap(lines);
    expect(stored(cwd).toSorted()).toEqual([...expected, ...news].toSorted());
    expect(await folder.daemon().end()).toBe(0);
  });

  it('says in its health that a folder cannot be read', async () => {
    const { at, daemon, isStored } = await watching();
    // A daemon makes the folder where it is missing when it begins to watch.
    writeFileSync(at('a'), '1\n');
    await isStored(['1'], 'it is watched');
    rmSync(at(''), { recursive: true });
    await daemon().says('a watched folder cannot be read');
    const health = (await (await fetch(`${daemon().url}/health`)).json()) as { components: Record<string, unknown> };
    expect(JSON.stringify(health)).toContain('the folder is gone');
    mkdirSync(at(''));
    await daemon().says('a watched folder can be read again');
    await daemon().end();
  });

  it('waits for the end of a last line, and gives up when it was told to', async () => {
    const config = CONFIG.replace('./in', './in, unfinished_line: 1500ms');
    const { at, cwd, isStored, daemon } = await watching((folder) => writeFileSync(join(folder, 'a'), '1\n2'), config);
    await daemon().says('a last line without a newline has waited long enough');
    await isStored(['1', '2'], 'the last line');
    writeFileSync(at('b'), '{"n":1,"te');
    await until(() => stored(cwd, 'out/dead.ndjson').length === 1, 'the dead letter');
    appendFileSync(at('b'), 'xt":"hi"}\n');
    await until(() => stored(cwd).length === 3, 'the whole line');
    expect(stored(cwd)[2]).toBe('{"n":1,"text":"hi"}');
    await daemon().end();
  });

  it('stores what comes while it lists a thousand files at its start', async () => {
    const { at, isStored, daemon } = await watching((folder) => {
      for (let n = 0; n < 1000; n++) writeFileSync(join(folder, `${n}`), `${n}\n`);
    });
    for (let n = 1000; n < 1020; n++) writeFileSync(at(`${n}`), `${n}\n`);
    await isStored(lines(numbers(0, 1020)), 'all files');
    await daemon().end();
  });

  it('reads a folder once for each pipeline that wants it, over several patterns', async () => {
    const { cwd, daemon } = await watching(
      (folder) => {
        writeFileSync(join(folder, 'a.x'), '1\n');
        writeFileSync(join(folder, 'a.y'), '2\n');
      },
      `
sources:
  - { folder: ./in, pattern: "*.x" }
  - { folder: in, pattern: "a*" }
  - { folder: ./in/., pattern: "*.y", pipeline: other }
pipelines:
  default: { outputs: [{ file: ./out/events.ndjson }] }
  other: { outputs: [{ file: ./out/other.ndjson }] }
`,
    );
    await until(() => stored(cwd).length === 2 && stored(cwd, 'out/other.ndjson').length === 1, 'each once');
    await daemon().end();
    expect([stored(cwd), stored(cwd, 'out/other.ndjson')]).toEqual([['1', '2'], ['2']]);
  });
});

function objects(name: string, from: number, to: number): string {
  return Array.from({ length: to - from }, (_, n) => `{"file":"${name}","n":${from + n}}\n`).join('');
}
