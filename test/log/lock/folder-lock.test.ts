import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeWorld, type World } from '../../../src/log/index.js';
import { lockOwner, takeFolderLock } from '../../../src/log/lock/folder-lock.js';
import { identityOf, nodeProcessTable, thisProcess } from '../../../src/log/lock/process-identity.js';
import { emptyFolder } from '../support/log-folder.js';

/** A world as another process sees it, on a machine where only some processes live. */
function worldOf(pid: number, alive: ReadonlySet<number>): World {
  return { ...nodeWorld(), self: { pid }, processes: { isAlive: (process) => alive.has(process.pid) } };
}

async function plantOwner(folder: string, number: number, owner: unknown): Promise<void> {
  await writeFile(join(folder, `lock.${number}`), JSON.stringify(owner));
}

describe("a folder's lock", () => {
  it('is refused while its owner lives, naming the owner, and given again when it is released', async () => {
    const folder = await emptyFolder();
    const lock = await takeFolderLock(nodeWorld(), folder);
    await expect(takeFolderLock(nodeWorld(), folder)).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringContaining(`process ${process.pid} writes to this log`) as unknown,
    });
    expect(await lockOwner(nodeWorld(), folder)).toEqual(thisProcess());
    await lock.release();
    expect(await lockOwner(nodeWorld(), folder)).toBeUndefined();
    await (await takeFolderLock(nodeWorld(), folder)).release();
  });

  it.each([
    ['whose process is gone', { pid: 2 ** 22 + 1 }],
    ['whose pid belongs to a younger process', { ...thisProcess(), started: '1' }],
    ['from before the machine started', { ...thisProcess(), boot: 'another boot' }],
  ])('is taken over at once from an owner %s', async (_which, owner) => {
    const folder = await emptyFolder();
    await plantOwner(folder, 7, owner);
    await takeFolderLock(nodeWorld(), folder);
    expect(await readdir(folder)).toEqual(['lock.8']);
  });

  it('is refused while the owner lives, when only its pid is known', async () => {
    const folder = await emptyFolder();
    await plantOwner(folder, 1, { pid: process.pid });
    await expect(takeFolderLock(nodeWorld(), folder)).rejects.toMatchObject({ kind: 'locked' });
  });

  it('goes to one of many who want it at the same time, after a dead owner', async () => {
    for (let round = 0; round < 20; round++) {
      const folder = await emptyFolder();
      await plantOwner(folder, 3, { pid: 1 });
      const takers = Array.from({ length: 12 }, (_, i) => 1000 + i);
      const alive = new Set(takers);
      const taken = await Promise.allSettled(takers.map((pid) => takeFolderLock(worldOf(pid, alive), folder)));
      const winners = takers.filter((_pid, i) => taken[i]?.status === 'fulfilled');
      expect(winners.length).toBe(1);
      expect((await lockOwner(worldOf(1, alive), folder))?.pid).toBe(winners[0]);
      for (const { status, ...how } of taken) {
        if (status === 'rejected') expect(how).toMatchObject({ reason: { kind: 'locked' } });
      }
    }
  });

  it('has one owner at a time, whoever dies or gives it back, also for takers that are slow', async () => {
    const folder = await emptyFolder();
    const alive = new Set<number>();
    let holding: number | undefined;
    let turns = 0;
    const contend = async (pid: number): Promise<void> => {
      for (let life = 0; life < 15; life++) {
        const self = pid + life * 100;
        alive.add(self);
        const world = slow(worldOf(self, alive), (pid * 7 + life * 13) % 5);
        try {
          const lock = await takeFolderLock(world, folder);
          expect(holding).toBeUndefined();
          holding = self;
          await pause((pid + life) % 3);
          expect(holding).toBe(self);
          turns += 1;
          holding = undefined;
          if (life % 2 === 0) alive.delete(self);
          else await lock.release();
        } catch (error) {
          expect(error).toMatchObject({ kind: 'locked' });
        }
        alive.delete(self);
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(contend));
    expect(turns).toBeGreaterThan(5);
    expect((await readdir(folder)).filter((name) => name.includes('by-'))).toEqual([]);
  });

  it('sweeps up what dead takers left', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, `lock.4.by-${2 ** 22 + 1}-1`), '{}');
    await plantOwner(folder, 3, { pid: 2 ** 22 + 1 });
    await takeFolderLock(nodeWorld(), folder);
    expect(await readdir(folder)).toEqual(['lock.4']);
  });
});

describe('the processes of this machine', () => {
  it('are told apart by when they started', () => {
    expect(nodeProcessTable.isAlive(identityOf(process.pid))).toBe(true);
    expect(nodeProcessTable.isAlive(identityOf(process.ppid))).toBe(true);
    expect(nodeProcessTable.isAlive({ ...identityOf(process.pid), started: '12345' })).toBe(false);
    expect(nodeProcessTable.isAlive({ pid: 2 ** 22 + 5 })).toBe(false);
  });
});

/** A disk that dawdles before it lists and links, so that others get in between. */
function slow(world: World, turns: number): World {
  const { disk } = world;
  return {
    ...world,
    disk: {
      ...disk,
      list: async (folder) => {
        const names = await disk.list(folder);
        await pause(turns);
        return names;
      },
      link: async (existing, path) => {
        await pause(turns);
        await disk.link(existing, path);
      },
    },
  };
}

async function pause(turns: number): Promise<void> {
  for (let i = 0; i < turns * 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
