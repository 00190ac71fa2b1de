import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { LOG_START, nodeWorld, openReadOnlyLog } from '../../../src/log/index.js';
import { describeDamage, expectHonest, soundLog, VALUES, type Sound } from '../support/damage.js';
import {
  emptyFolder,
  entry,
  eventsOf,
  filesIn,
  openLog,
  readFolder,
  shortEntry,
  verifyFolder,
  writeLog,
} from '../support/log-folder.js';

// A prime: all kinds of damage meet all kinds of places.
describeDamage(7);

describe.each([
  ['plain', false],
  ['packed', true],
])('a %s log', (_form, pack) => {
  it('reports which segments are missing', async () => {
    let sound = await soundLog(pack);
    const log = await openLog(sound.folder, { pack });
    await log.append([shortEntry('after')]);
    await log.packed();
    await log.close();
    sound = { ...sound, events: (await readFolder(sound.folder)).events };
    const middle = await filesIn(sound.folder, pack ? '-0000000002.ndjson.gz' : '-0000000002.ndjson');
    await rm(middle[0]?.path ?? '');
    await expectHonest(sound, 'the middle segment is gone');
    expect((await readFolder(sound.folder)).damage).toMatchObject([{ kind: 'missing_segments', segment: 2 }]);
    expect(await verifyFolder(sound.folder)).toMatchObject([{ kind: 'missing_segments', segment: 2, line: 0 }]);
  });
});

describe('a reader', () => {
  let sound: Sound;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'log-'));
    await writeLog(folder, [VALUES, ['last']], { segmentBytesMax: 400 });
    sound = { folder, files: await filesIn(folder, '.ndjson'), events: (await readFolder(folder)).events };
    return () => rm(folder, { recursive: true });
  });

  it('reports a position beyond the end', async () => {
    const { damage, events } = await readFolder(sound.folder, { from: { segment: 1, offset: 1_000_000 } });
    expect(damage).toMatchObject([{ kind: 'beyond_end', segment: 1 }]);
    expect(events.map(({ data }) => data)).toEqual(['last']);
  });

  it('reports a position whose segment was removed', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [['a'], ['b'], ['c']], { segmentBytesMax: 1 });
    const [first, second] = await filesIn(folder, '.ndjson');
    await rm(first?.path ?? '');
    await rm(second?.path ?? '');
    const { damage, events } = await readFolder(folder, { from: { segment: 1, offset: 5 } });
    expect(damage).toMatchObject([
      { kind: 'missing_segments', message: expect.stringContaining('segments 1 to 2 are missing') as unknown },
    ]);
    expect(events.map(({ data }) => data)).toEqual(['c']);
    expect((await readFolder(folder)).damage).toEqual([]);
  });

  it('takes a position inside a line for damage, not for a record', async () => {
    const { damage, events } = await readFolder(sound.folder, { from: { segment: 1, offset: 7 } });
    expect(damage).toMatchObject([{ kind: 'bad_line', offset: 7 }]);
    expect(events.map(({ data }) => data)).toEqual([...VALUES.slice(1), 'last']);
  });

  it('returns what follows a damaged line though its own reader took the memory of what stood before', async () => {
    const folder = await emptyFolder();
    const values = Array.from({ length: 1000 }, (_, i) => i);
    await writeLog(folder, [values]);
    const [segment] = await filesIn(folder, '.ndjson');
    if (segment === undefined) throw new Error('the log has no segment');
    const place = segment.content.indexOf('"data":700,');
    segment.content[place] = 0;
    await writeFile(segment.path, segment.content);
    const seen: unknown[] = [];
    for await (const block of openReadOnlyLog(nodeWorld(), folder).read({ from: LOG_START })) {
      seen.push(...eventsOf(block).map(({ data }) => data));
      const { buffer } = block.bytes;
      if (buffer instanceof ArrayBuffer) structuredClone(buffer, { transfer: [buffer] });
    }
    expect(seen).toEqual(values.filter((value) => value !== 700));
  });
});

describe('a packed segment', () => {
  it('is a gzip file that holds the very bytes of the plain one', async () => {
    const folder = await emptyFolder();
    const values = Array.from({ length: 3000 }, (_, i) => ({ i, text: 'x'.repeat(800) }));
    const log = await openLog(folder, { segmentBytesMax: 4 << 20 });
    await log.append(values.map(entry));
    await log.close();
    const [plain] = await filesIn(folder, '.ndjson');
    const packing = await openLog(folder, { pack: true });
    await packing.packed();
    const [packed] = await filesIn(folder, '.ndjson.gz');
    expect(gunzipSync(packed?.content ?? '').equals(plain?.content ?? Buffer.alloc(0))).toBe(true);
    expect(await filesIn(folder, '.ndjson')).toEqual([]);
    expect((await readFolder(folder)).events.map(({ data }) => data)).toEqual(values);
    expect(packing.stats().bytes).toBe(packed?.content.length);
  });

  it('loses one block, and says which, when a byte of it is damaged', async () => {
    const folder = await emptyFolder();
    // Text that repeats itself can come out right from a damaged block.
    const values = Array.from({ length: 6000 }, (_, i) => ({ i, text: randomBytes(400).toString('hex') }));
    await writeLog(folder, [values, ['last']], { segmentBytesMax: 1 << 20 });
    const packing = await openLog(folder, { pack: true });
    await packing.packed();
    await packing.close();
    const path = (await filesIn(folder, '-0000000001.ndjson.gz'))[0]?.path ?? '';
    const content = await readFile(path);
    for (const at of [5, Math.floor(content.length / 2), content.length - 54]) {
      const damaged = Buffer.from(content);
      damaged[at] = (content[at] ?? 0) ^ 0x10;
      await writeFile(path, damaged);
      const { events, damage } = await readFolder(folder);
      expect(events.length).toBeGreaterThan(values.length * 0.6);
      expect(events.length, `byte ${at} of ${content.length}`).toBeLessThan(values.length);
      expect(events.at(-1)?.data).toBe('last');
      expect(damage.some(({ kind }) => kind === 'packed_block' || kind === 'truncated')).toBe(true);
    }
  });
});
