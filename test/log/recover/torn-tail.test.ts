import { appendFile, cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultyWorld } from '../support/faulty-disk.js';
import {
  emptyFolder,
  entry,
  filesIn,
  openLog,
  readFolder,
  shortEntry,
  verifyFolder,
  worldWithoutSync,
  writeLog,
} from '../support/log-folder.js';
import { each } from '../../support/runs.js';

const VALUES = [1, 'two', [3], 'ü', null];

/** A log of one segment that holds {@link VALUES}, and the offsets where its lines end. */
async function smallLog(): Promise<{ folder: string; path: string; content: Buffer; lineEnds: number[] }> {
  const folder = await emptyFolder();
  const log = await openLog(folder);
  await log.append(VALUES.map(shortEntry));
  await log.close();
  const [file] = await filesIn(folder, '.ndjson');
  if (file === undefined) throw new Error('no segment');
  const lineEnds = [...file.content.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
  return { folder, ...file, lineEnds };
}

describe('recovery', () => {
  it('cuts a torn tail after the last whole record, for a cut at any byte of the last two', async () => {
    const { folder, path, content, lineEnds } = await smallLog();
    const [index] = await filesIn(folder, '.index');
    const thirdEnd = lineEnds[2] ?? 0;
    const world = worldWithoutSync();
    for (let cut = thirdEnd; cut <= content.length; cut++) {
      await writeFile(path, content.subarray(0, cut));
      const whole = lineEnds.filter((end) => end <= cut);
      const end = whole.at(-1) ?? 0;
      const log = await openLog(folder, {}, world);
      await log.append([entry('after')]);
      await log.close();
      if (cut === content.length) {
        expect(log.torn).toBeUndefined();
      } else {
        // The log had been closed in order: it is known how much there was.
        const missingBytes = content.length - cut;
        expect(log.torn).toMatchObject({ file: path, offset: end, cutBytes: cut - end, missingBytes });
      }
      if (end < cut) {
        expect(await readFile(log.torn?.keptIn ?? '')).toEqual(content.subarray(end, cut));
      }
      expect(await verifyFolder(folder)).toEqual([]);
      const { events, damage } = await readFolder(folder);
      expect(damage).toEqual([]);
      expect(events.map(({ data }) => data)).toEqual([...VALUES.slice(0, whole.length), 'after']);
      for (const file of await filesIn(folder, '')) {
        if (file.path !== path && file.path !== index?.path) await rm(file.path);
      }
      if (index !== undefined) await writeFile(index.path, index.content);
    }
  });

  it('cuts the tail that a writer left that was killed', async () => {
    const { folder, path, content, lineEnds } = await smallLog();
    for (const file of await filesIn(folder, '.index')) await rm(file.path);
    await truncate(path, content.length - 1);
    const log = await openLog(folder);
    expect(log.torn).toMatchObject({ offset: lineEnds[3], missingBytes: 0 });
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('adds to what it cut off earlier', async () => {
    const { folder, path, content } = await smallLog();
    await appendFile(path, 'first');
    await (await openLog(folder)).close();
    await appendFile(path, 'second');
    const log = await openLog(folder);
    expect(log.torn).toMatchObject({ offset: content.length, cutBytes: 6 });
    expect(await readFile(log.torn?.keptIn ?? '', 'utf8')).toBe('firstsecond');
    expect(await readFile(path)).toEqual(content);
  });

  it('cuts damaged lines at the end and zeros that a power cut left, however many', async () => {
    const { folder, path, content } = await smallLog();
    const line = content.subarray(0, content.indexOf(0x0a) + 1);
    const damaged = Buffer.from(line);
    damaged[20] = 0x21;
    await appendFile(path, Buffer.concat([...Array<Buffer>(2000).fill(damaged), Buffer.alloc(300_000)]));
    const log = await openLog(folder);
    expect(log.torn).toMatchObject({ offset: content.length, cutBytes: 2000 * damaged.length + 300_000 });
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('finds the last whole record in front of a long torn one, and behind a long whole one', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [['first', 'x'.repeat(300_000), 'last', 'y'.repeat(200_000)]]);
    const [file] = await filesIn(folder, '.ndjson');
    await truncate(file?.path ?? '', (file?.content.length ?? 0) - 10);
    await (await openLog(folder)).close();
    expect((await readFolder(folder)).events.map(({ data }) => String(data).length)).toEqual([5, 300_000, 4]);
    const before = await filesIn(folder, '.ndjson');
    await truncate(before[0]?.path ?? '', (before[0]?.content.length ?? 0) - 10);
    await (await openLog(folder)).close();
    expect((await readFolder(folder)).events.map(({ data }) => String(data).length)).toEqual([5, 300_000]);
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('leaves damage before the last whole record where it is, and reports it', async () => {
    const { folder, path, content, lineEnds } = await smallLog();
    const damaged = Buffer.from(content);
    damaged[(lineEnds[1] ?? 0) + 30] = 0x21;
    await writeFile(path, damaged);
    const log = await openLog(folder);
    await log.append([entry('after')]);
    expect(log.torn).toBeUndefined();
    expect(await verifyFolder(folder)).toMatchObject([{ kind: 'bad_line', file: path, offset: lineEnds[1], line: 3 }]);
    const { events, damage } = await readFolder(folder);
    expect(damage).toMatchObject([{ kind: 'bad_line', file: path, offset: lineEnds[1] }]);
    expect(events.map(({ data }) => data)).toEqual([...VALUES.slice(0, 2), ...VALUES.slice(3), 'after']);
  });

  it('continues after the timestamps of an earlier segment when the last one is empty', async () => {
    const { folder, path } = await smallLog();
    const [last] = (await readFolder(folder)).events.slice(-1);
    await writeFile(path.replace('-0000000001.', '-0000000002.'), '');
    const log = await openLog(folder);
    const { timestamp, position } = await log.append([entry('after')]);
    expect(timestamp).toBeGreaterThan(last?.timestamp ?? Infinity);
    expect(position).toEqual({ segment: 3, offset: 0 });
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('leaves a log alone that is whole', async () => {
    const { folder, content } = await smallLog();
    await (await openLog(folder)).close();
    expect((await filesIn(folder, '.ndjson')).map((file) => file.content)).toEqual([content]);
    expect(await filesIn(folder, '.torn')).toEqual([]);
  });

  it('reports a torn tail to a reader without a writer, and keeps it', async () => {
    const { folder, path, content } = await smallLog();
    for (const file of await filesIn(folder, '.index')) await rm(file.path);
    await truncate(path, content.length - 3);
    const { events, damage } = await readFolder(folder);
    expect(events.length).toBe(VALUES.length - 1);
    expect(damage).toMatchObject([{ kind: 'torn_tail', file: path }]);
    expect(await verifyFolder(folder)).toMatchObject([{ kind: 'torn_tail', line: VALUES.length }]);
    expect(await readFile(path)).toEqual(content.subarray(0, -3));
  });

  it('reports to a reader records that are missing from a properly closed log', async () => {
    const { folder, path, lineEnds } = await smallLog();
    await truncate(path, lineEnds[3] ?? 0);
    const { events, damage } = await readFolder(folder);
    expect(events.length).toBe(VALUES.length - 1);
    expect(damage).toMatchObject([{ kind: 'truncated', offset: lineEnds[3] }]);
    expect(await verifyFolder(folder)).toMatchObject([{ kind: 'truncated' }]);
  });

  it('removes what a crash left half made', async () => {
    const { folder, path } = await smallLog();
    await cp(path, `${path}.gz`);
    await writeFile(`${path}.gz.tmp`, 'half');
    await writeFile(path.replace('.ndjson', '.index.tmp'), 'half');
    await (await openLog(folder)).close();
    expect([...(await filesIn(folder, '.tmp')), ...(await filesIn(folder, '.gz'))]).toEqual([]);
  });
});

describe('what recovery finds', () => {
  each(2)([
    ['whole', ''],
    ['torn', '{"id":"0'],
  ])('is on the medium before the log takes anything: a %s last segment and its folder are synced', async (_, tail) => {
    const { folder, path } = await smallLog();
    await appendFile(path, tail);
    const synced: string[] = [];
    const world = faultyWorld(({ op, file }) => {
      if (op === 'datasync' || op === 'syncFolder') synced.push(file);
      return undefined;
    });
    const log = await openLog(folder, { durability: 'os' }, world);
    expect(synced).toContain(basename(path));
    expect(synced).toContain(basename(folder));
    await log.close();
  });

  it('is not trusted when it cannot be put there', async () => {
    const { folder } = await smallLog();
    const world = faultyWorld(({ op, file }) =>
      op === 'datasync' && file.endsWith('.ndjson') ? { code: 'EIO' } : undefined,
    );
    await expect(openLog(folder, {}, world)).rejects.toMatchObject({ kind: 'read', code: 'EIO' });
  });
});
