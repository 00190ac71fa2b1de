import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listedOwners, ownersIn, StateInUseError } from '../../../src/ai/owner/index.js';
import { ownerOf, parseOwner } from '../../../src/ai/owner/owner.js';
import { processesSeenBy, systemProcesses, type ProcessIdentity } from '../../../src/world/index.js';
import { takeLock } from '../../../src/world/lock/index.js';
import { scratch } from '../../support/cli.js';

const here: ProcessIdentity = {
  host: 'a host',
  machine: 'm',
  boot: 'b1',
  namespace: 'pid:[1]',
  pid: 7,
  started: '100',
};
const bare: ProcessIdentity = { host: 'h', pid: 7 };

describe('an owner', () => {
  it.each([here, bare])('is one line that says which process it is: %j', (process) => {
    const host = process.host.replace(' ', '_');
    expect(parseOwner(ownerOf(process))).toEqual({ process: { ...process, host } });
    expect(parseOwner(ownerOf(process, 'ab'))).toEqual({ process: { ...process, host }, sign: 'ab' });
  });

  const seenFrom = (self: Partial<ProcessIdentity>, starts: Readonly<Record<number, string>>) =>
    listedOwners(
      processesSeenBy({ ...here, ...self, host: self.host ?? 'a_host' }, (pid) =>
        starts[pid] === undefined ? undefined : { started: starts[pid] },
      ),
    );

  it.each([
    ['alive while its process runs', {}, { 7: '100' }, 'alive'],
    ['dead when its process is gone', {}, {}, 'dead'],
    ['dead when its number went to another process', {}, { 7: '200' }, 'dead'],
    ['dead when the machine was started anew, even if the number is in use', { boot: 'b2' }, { 7: '100' }, 'dead'],
    ['unknown on another machine', { host: 'other', machine: 'n', boot: 'b2' }, { 7: '100' }, 'unknown'],
    ['unknown on another machine of the same name', { machine: 'n', boot: 'b2' }, { 7: '100' }, 'unknown'],
    ['unknown in another process namespace', { namespace: 'pid:[2]' }, {}, 'unknown'],
  ] as const)('by the process table is %s', async (_what, self, starts, state) => {
    expect(await seenFrom(self, starts).stateOf(ownerOf(here))).toBe(state);
  });
});

describe('those who share a folder', () => {
  it('know of each other, and of who has left', async () => {
    const folder = scratch();
    const first = await ownersIn(folder);
    const second = await ownersIn(folder);
    expect(first.self).not.toBe(second.self);
    expect(await first.stateOf(second.self)).toBe('alive');
    expect(await second.stateOf(first.self)).toBe('alive');
    await second.release();
    await first.release();
    expect(readdirSync(join(folder, 'owners')).filter((name) => !name.startsWith('lock.'))).toEqual([]);
  });

  it('know of a death wherever it came, and sweep up its sign', async () => {
    const folder = scratch();
    const sign = '0123456789abcdef'.repeat(2);
    const place = join(folder, 'owners', sign);
    mkdirSync(place, { recursive: true });
    const dead = { ...systemProcesses().self, namespace: 'pid:[another]', pid: 1 };
    writeFileSync(
      join(place, 'lock.1'),
      JSON.stringify({ ...dead, pid: 2 ** 22 + 1, namespace: systemProcesses().self.namespace }),
    );
    const owners = await ownersIn(folder);
    expect(existsSync(place)).toBe(false);
    expect(await owners.stateOf(ownerOf(dead, sign))).toBe('dead');
    await owners.release();
  });

  it('cannot be of two machines, nor of two containers with the same number', async () => {
    const { self } = systemProcesses();
    for (const [other, words] of [
      [
        { ...self, host: 'elsewhere', machine: 'n', boot: 'another' },
        "on elsewhere, and it can't be seen from here whether",
      ],
      [{ ...self, namespace: 'pid:[another]' }, `process ${process.pid} in another container`],
    ] as const) {
      const folder = scratch();
      const place = join(folder, 'owners', 'ab'.repeat(16));
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, 'lock.1'), JSON.stringify(other));
      const refused = await ownersIn(folder).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StateInUseError);
      expect((refused as StateInUseError).message).toContain(words);
      // It left nothing that would refuse others.
      rmSync(place, { recursive: true });
      await (await takeLock(join(folder, 'owners'), { what: 'it' })).release();
      await (await ownersIn(folder)).release();
    }
  });
});
