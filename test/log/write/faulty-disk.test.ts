import { describe, expect, it } from 'vitest';
import { LOG_START, type LogError } from '../../../src/log/index.js';
import { faultyWorld, type DiskCall, type Fault } from '../support/faulty-disk.js';
import { emptyFolder, entry, filesIn, openLog, readAll, readFolder, verifyFolder } from '../support/log-folder.js';

const isSegment = (file: string): boolean => file.endsWith('.ndjson');

/** Opens a log on a disk whose faults a test switches on and off. */
async function logOnFaultyDisk(durability: 'fsync' | 'os' = 'fsync') {
  const folder = await emptyFolder();
  const disk: { fault: (call: DiskCall) => Fault } = { fault: () => undefined };
  const errors: LogError[] = [];
  const hooks = { onWriteError: (error: LogError) => errors.push(error) };
  const world = faultyWorld((call) => disk.fault(call));
  const log = await openLog(folder, { durability, hooks }, world);
  return { folder, disk, log, errors };
}

/** The faults of a disk, each as it may hit a write. */
const FAULTS: readonly (readonly [string, (call: DiskCall) => Fault])[] = [
  ['is full', ({ grows, file }) => (grows && isSegment(file) ? { code: 'ENOSPC' } : undefined)],
  [
    'gets full in the middle of a write',
    ({ op, file, bytes }) => (op === 'write' && isSegment(file) ? { code: 'ENOSPC', after: bytes >> 1 } : undefined),
  ],
  [
    'gets full behind the first whole record of a write',
    ({ op, file, bytes }) =>
      op === 'write' && isSegment(file) ? { code: 'ENOSPC', after: Math.ceil(bytes / 2) } : undefined,
  ],
  ['fails to write', ({ op, file }) => (op === 'write' && isSegment(file) ? { code: 'EIO', after: 10 } : undefined)],
  [
    'takes all and fails to sync',
    ({ op, file }) => (op === 'datasync' && isSegment(file) ? { code: 'EIO' } : undefined),
  ],
  [
    'takes nothing, again and again',
    ({ op, file }) => (op === 'write' && isSegment(file) ? { code: 'EAGAIN' } : undefined),
  ],
  [
    'fails to sync, and then to truncate',
    ({ op, file }) => ((op === 'datasync' || op === 'truncate') && isSegment(file) ? { code: 'EIO' } : undefined),
  ],
];

describe('a writer whose disk', () => {
  it.each(FAULTS)(
    '%s acknowledges nothing that is not stored, and goes on when the disk does',
    async (_what, fault) => {
      const { folder, disk, log, errors } = await logOnFaultyDisk();
      await log.append([entry('before 1'), entry('before 2')]);
      for (const round of [1, 2]) {
        disk.fault = fault;
        const refused = await Promise.allSettled([
          log.append([entry('lost')]),
          log.append([entry('lost'), entry('lost')]),
        ]);
        expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        await expect(log.append([entry('lost')])).rejects.toMatchObject({ kind: 'write' });
        disk.fault = () => undefined;
        await log.append([entry(`after ${round}`)]);
      }
      const stored = ['before 1', 'before 2', 'after 1', 'after 2'];
      expect((await readAll(log.read({ from: LOG_START }))).events.map(({ data }) => data)).toEqual(stored);
      expect((await readFolder(folder)).events.map(({ data }) => data)).toEqual(stored);
      expect(await verifyFolder(folder)).toEqual([]);
      expect(errors.length).toBe(4);
      expect(errors[0]).toMatchObject({ kind: 'write', message: expect.stringContaining(folder) as unknown });
    },
  );

  it.each(FAULTS)('%s, and that is killed then, leaves a log that recovers', async (_what, fault) => {
    const { folder, disk, log } = await logOnFaultyDisk();
    await log.append([entry('before')]);
    disk.fault = fault;
    await expect(log.append([entry('unsure')])).rejects.toThrow();
    // Everything fails from here on: nothing can be tidied up any more.
    disk.fault = ({ file }) => (isSegment(file) ? { code: 'EIO' } : undefined);
    await log.close();
    const next = await openLog(folder);
    await next.append([entry('after')]);
    const { events, damage } = await readAll(next.read({ from: LOG_START }));
    expect(damage).toEqual([]);
    // What was not acknowledged may be there when all of it reached the disk.
    expect(events.map(({ data }) => data).filter((data) => data !== 'unsure')).toEqual(['before', 'after']);
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('takes a few bytes at a time gets them all', async () => {
    const { folder, disk, log } = await logOnFaultyDisk();
    let calls = 0;
    disk.fault = ({ op, file }) => {
      if (op !== 'write' || !isSegment(file)) return undefined;
      calls += 1;
      return calls % 3 === 0 ? { code: 'EAGAIN' } : { short: 7 };
    };
    await log.append([entry('piece by piece'), entry(2)]);
    disk.fault = () => undefined;
    expect((await readFolder(folder)).events.map(({ data }) => data)).toEqual(['piece by piece', 2]);
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('can create no new segment rejects appends until it can', async () => {
    const { folder, disk, log } = await logOnFaultyDisk();
    disk.fault = ({ op, file }) => (op === 'open' && isSegment(file) ? { code: 'ENOSPC' } : undefined);
    await expect(log.append([entry('lost')])).rejects.toThrow(/the disk is full: free some space/);
    disk.fault = ({ op }) => (op === 'syncFolder' ? { code: 'EIO' } : undefined);
    await expect(log.append([entry('lost')])).rejects.toThrow(/the disk reports an error/);
    await expect(log.append([entry('lost')])).rejects.toThrow(/the disk reports an error/);
    disk.fault = () => undefined;
    await log.append([entry('stored')]);
    expect((await readFolder(folder)).events.map(({ data }) => data)).toEqual(['stored']);
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('is full for long does not fill the folder with empty segments', async () => {
    const { folder, disk, log } = await logOnFaultyDisk();
    await log.append([entry('before')]);
    disk.fault = ({ grows, file }) => (grows && isSegment(file) ? { code: 'ENOSPC', after: 3 } : undefined);
    for (let i = 0; i < 20; i++) await expect(log.append([entry('lost')])).rejects.toThrow();
    expect((await filesIn(folder, '.ndjson')).length).toBe(2);
    disk.fault = () => undefined;
    await log.append([entry('after')]);
    expect((await filesIn(folder, '.ndjson')).length).toBe(2);
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('fails under the index only rebuilds it when it is needed', async () => {
    const { folder, disk, log } = await logOnFaultyDisk('os');
    disk.fault = ({ file }) => (file.endsWith('.index') ? { code: 'EIO' } : undefined);
    await log.append([entry('x'.repeat(700_000))]);
    await log.append([entry('x'.repeat(700_000))]);
    await log.append([entry(3)]);
    disk.fault = () => undefined;
    expect((await log.segments()).map(({ records }) => records)).toEqual([1, 2]);
    expect((await filesIn(folder, '.index')).length).toBe(1);
    expect(await verifyFolder(folder)).toEqual([]);
  });

  it('fails while a segment is packed keeps it unpacked, and packs it at the next start', async () => {
    const folder = await emptyFolder();
    let full = true;
    const failed: unknown[] = [];
    const world = faultyWorld(({ op, file }) =>
      full && op === 'write' && file.endsWith('.gz.tmp') ? { code: 'ENOSPC' } : undefined,
    );
    const log = await openLog(
      folder,
      { pack: true, segmentBytesMax: 1, hooks: { onPackFailed: (_name, error) => failed.push(error) } },
      world,
    );
    await log.append([entry(1)]);
    await log.append([entry(2)]);
    await log.packed();
    await log.close();
    expect(failed.length).toBe(1);
    expect((await filesIn(folder, '')).filter(({ path }) => /\.gz|\.tmp$/.test(path))).toEqual([]);
    full = false;
    const next = await openLog(folder, { pack: true }, world);
    await next.packed();
    expect((await filesIn(folder, '.gz')).length).toBe(2);
    expect((await readFolder(folder)).events.map(({ data }) => data)).toEqual([1, 2]);
  });
});

describe('a sync that fails', () => {
  it('makes the writer write the last page again, sync it, and continue in a new segment', async () => {
    const { disk, log } = await logOnFaultyDisk();
    await log.append([entry('before')]);
    const calls: string[] = [];
    disk.fault = ({ op, file }) => (op === 'datasync' && isSegment(file) ? { code: 'EIO' } : undefined);
    await expect(log.append([entry('lost')])).rejects.toThrow();
    disk.fault = ({ op, file }) => {
      if (isSegment(file)) calls.push(op);
      return undefined;
    };
    const { position } = await log.append([entry('after')]);
    expect(position).toEqual({ segment: 2, offset: 0 });
    expect(calls).toEqual(['truncate', 'read', 'write', 'datasync', 'open', 'write', 'datasync']);
  });
});
