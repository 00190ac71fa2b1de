import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Log, LOG_START, nodeWorld, openReadOnlyLog, restoreLog } from '../../src/log/index.js';
import { emptyFolder, optionsFor, writeLog } from './support/log-folder.js';

const locked = {
  kind: 'locked',
  message: expect.stringContaining(`is in use: process ${process.pid} (a test) has it since`) as unknown,
};

describe("a log's folder", () => {
  it('has one writer: nobody else opens it, prunes it or restores into it, and a look is free', async () => {
    const folder = await emptyFolder();
    await writeLog(folder, [[1], [2]], { segmentBytesMax: 1 });
    const log = await Log.open(nodeWorld(), { ...optionsFor(folder), command: 'a test' });
    await expect(Log.open(nodeWorld(), optionsFor(folder))).rejects.toMatchObject(locked);
    const reader = openReadOnlyLog(nodeWorld(), folder);
    await expect(reader.prune({ keepFrom: LOG_START, bytesMax: 0 })).rejects.toMatchObject(locked);
    expect(
      (await reader.prune({ keepFrom: { segment: 2, offset: 0 }, bytesMax: 0, dryRun: true })).removed.length,
    ).toBeGreaterThan(0);
    const backup = join(await emptyFolder(), 'backup');
    await reader.backup(backup);
    await log.close();
    expect((await reader.prune({ keepFrom: LOG_START, bytesMax: 0 })).removed).toEqual([]);

    const empty = join(await emptyFolder(), 'data');
    await mkdir(empty);
    const other = await Log.open(nodeWorld(), { ...optionsFor(empty), command: 'a test' });
    await expect(restoreLog(nodeWorld(), backup, empty)).rejects.toMatchObject(locked);
    await other.close();
    await restoreLog(nodeWorld(), backup, empty);
    expect((await readdir(empty)).filter((name) => name.startsWith('lock.'))).toEqual(['lock.2']);
  });
});
