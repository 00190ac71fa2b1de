import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Log, nodeWorld } from '../../../src/log/index.js';
import { EventReader, ingestFolder } from '../../../src/server/index.js';
import { scratch } from '../../support/cli.js';
import { until } from '../../support/daemon.js';

interface Set {
  readonly cwd: string;
  readonly log: Log;
  readonly events: () => Promise<string[]>;
  /** Watches until the condition holds, then stops as a daemon does. */
  watch(until_: (events: readonly string[]) => boolean): Promise<void>;
  /** Watches until so many appends have been made, then dies in the middle of the next. */
  die(appends: number): Promise<void>;
  readonly told: string[];
}

async function setUp(): Promise<Set> {
  const cwd = scratch();
  mkdirSync(join(cwd, 'in'));
  const options = { durability: 'os', segmentBytesMax: 1 << 20, pack: false, memoryRecordsMax: 0 } as const;
  const log = await Log.open(nodeWorld(), { folder: join(cwd, 'data'), ...options });
  const told: string[] = [];

  const events = async (): Promise<string[]> => {
    const data: string[] = [];
    for await (const { bytes } of log.read({ from: { since: 0 } })) {
      for (const line of bytes.toString().split('\n').slice(0, -1))
        data.push(JSON.stringify((JSON.parse(line) as { data: unknown }).data));
    }
    return data;
  };

  const run = (signal: AbortSignal, store: Pick<Log, 'append' | 'tryAppend' | 'read' | 'recent'>): Promise<void> =>
    ingestFolder(
      { folder: join(cwd, 'in'), pattern: '*', pipeline: 'default', stateFolder: join(cwd, 'state') },
      { store, log, newReader: () => new EventReader(100), entriesMax: 2, lineBytesMax: 1000 },
      {
        stored: (file, count) => told.push(`${file.split('/').at(-1) ?? ''}: ${count}`),
        failed: (file) => told.push(`${file.split('/').at(-1) ?? ''}: failed`),
      },
      signal,
    );

  return {
    cwd,
    log,
    events,
    told,
    async watch(isEnough) {
      const stop = new AbortController();
      const running = run(stop.signal, log);
      await until(async () => isEnough(await events()), 'the folder is read');
      stop.abort();
      await running;
    },
    async die(appends) {
      let left = appends;
      const dying: Pick<Log, 'append' | 'tryAppend' | 'read' | 'recent'> = {
        append: (entries) => (left-- > 0 ? log.append(entries) : Promise.reject(new Error('killed'))),
        tryAppend: (entries) => log.tryAppend(entries),
        read: (what) => log.read(what),
        recent: () => undefined,
      };
      await expect(run(new AbortController().signal, dying)).rejects.toThrow('killed');
    },
  };
}

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `${from + n}\n`).join('');

describe.concurrent('a watched folder', () => {
  it('is stored line by line, each once, wherever a crash comes', async () => {
    const set = await setUp();
    writeFileSync(join(set.cwd, 'in/a.ndjson'), numbers(0, 9));
    writeFileSync(join(set.cwd, 'in/b.ndjson.gz'), gzipSync(numbers(9, 14)));
    for (const appends of [0, 1, 2, 1, 3]) await set.die(appends);
    await set.watch((events) => events.length >= 14);
    const events = (await set.events()).map(Number);
    // The files come in any order, the lines of each in theirs.
    expect(events.filter((n) => n < 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(events.filter((n) => n >= 9)).toEqual([9, 10, 11, 12, 13]);
    await set.log.close();
  });

  it('is read on where a file has grown, and anew where another has taken its name', async () => {
    const set = await setUp();
    const file = join(set.cwd, 'in/a.ndjson');
    writeFileSync(file, '1\n2\n');
    await set.watch((events) => events.length === 2);
    appendFileSync(file, '3\n');
    await set.watch((events) => events.length === 3);
    // Both are there at once, so that the new one can not get the old one's inode.
    writeFileSync(`${file}.new`, '7\n8\n');
    rmSync(file);
    writeFileSync(join(set.cwd, 'in/z.ndjson'), '9\n');
    await set.watch((events) => events.length === 6);
    expect(await set.events()).toEqual(['1', '2', '3', '7', '8', '9']);
    await set.watch(() => true);
    expect(await set.events()).toHaveLength(6);
    await set.log.close();
  });

  it('gives broken lines a record of their own, and goes past a file that can not be read', async () => {
    const set = await setUp();
    writeFileSync(join(set.cwd, 'in/a.ndjson'), `1\nbroken\n\n"${'x'.repeat(5000)}"\n2`);
    writeFileSync(join(set.cwd, 'in/b.ndjson.gz'), 'this is no gzip');
    writeFileSync(join(set.cwd, 'in/c.ndjson'), '3\n');
    await set.watch((events) => events.includes('3'));
    const events = await set.events();
    expect([events[0], events[1], events[3], events[4]]).toEqual(['1', '{"raw":"broken"}', '2', '3']);
    expect(events[2]).toMatch(/^\{"raw":"\\"x{4095}","raw_truncated_from":5002\}$/);
    expect(set.told).toEqual(['a.ndjson: 4', 'b.ndjson.gz: failed', 'c.ndjson: 1']);
    await set.log.close();
  });
});
