import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lockHolder, takeLock } from '../../../src/world/lock/index.js';
import { scratch } from '../../support/cli.js';
import { around, NAMESPACES_MISSING, type Around } from '../../support/namespaces.js';
import { each } from '../../support/runs.js';

let script: string;
beforeAll(async () => {
  script = join(scratch(), 'holder-process.mjs');
  const entryPoints = [fileURLToPath(new URL('holder-process.ts', import.meta.url))];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile: script, logLevel: 'error' });
});

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Attempt {
  readonly child: ChildProcess;
  /** `taken …`, or why not. */
  readonly answer: string;
  /** Ends it, and whatever is in its namespace, without a chance to do anything. */
  kill(): Promise<void>;
}

async function attempt(folder: string, what = 'holds', where?: Around): Promise<Attempt> {
  const command = [process.execPath, script, folder, what];
  const [file = '', ...args] = where === undefined ? command : around(where, command);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const closed = once(child, 'exit');
  const lines = createInterface(child.stdout);
  let answer = '';
  for await (const line of lines) {
    answer = line;
    if (!line.startsWith('child ')) break;
  }
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  return { child, answer, kill };
}

describe('a lock among processes', () => {
  it('goes to exactly one of twenty that want it at once, also when its last owner was killed', async () => {
    const folder = join(scratch(), 'lock');
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(Array.from({ length: 20 }, () => attempt(folder)));
      const winners = all.filter(({ answer }) => answer.startsWith('taken'));
      expect(winners.map(({ answer }) => answer)).toHaveLength(1);
      const pid = winners[0]?.child.pid ?? 0;
      expect((await lockHolder(folder))?.process.pid).toBe(pid);
      for (const { answer, child } of all.filter((one) => one !== winners[0])) {
        expect(answer).toMatch(/^the folder is in use: process [0-9]+ \(holder\) has it since .*\. Stop it first\.$/);
        expect(child.pid).not.toBe(pid);
      }
      await Promise.all(all.map((one) => one.kill()));
      expect(await lockHolder(folder)).toBeUndefined();
    }
    const lock = await takeLock(folder, { what: 'the folder' });
    expect(readdirSync(folder)).toHaveLength(2);
    await lock.release();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('stays with an owner that is stopped, or whose event loop is blocked, however often it is asked for', async () => {
    for (const what of ['holds', 'blocks']) {
      const folder = scratch();
      const owner = await attempt(folder, what);
      if (what === 'holds') owner.child.kill('SIGSTOP');
      // More than can wait for the owner to answer.
      for (let asked = 0; asked < 700; asked++) expect((await lockHolder(folder))?.state).toBe('alive');
      await owner.kill();
      await (await takeLock(folder, { what: 'the folder' })).release();
    }
  });

  it('goes with its owner, not with what the owner has started', async () => {
    const folder = scratch();
    const owner = await attempt(folder, 'child');
    await owner.kill();
    await (await takeLock(folder, { what: 'the folder' })).release();
  });

  it('holds in folders whose path is too long for a socket', async () => {
    const folder = join(scratch(), 'a'.repeat(120), 'é'.repeat(60));
    const owner = await attempt(folder);
    expect(readdirSync(folder).some((name) => name.startsWith('lock.s-'))).toBe(true);
    expect((await attempt(folder)).answer).toContain('is in use');
    await owner.kill();
    expect((await attempt(folder, 'ends')).answer).toContain('taken');
  });

  it('is lost when somebody removes its files', async () => {
    const folder = scratch();
    const lock = await takeLock(folder, { what: 'the folder' });
    rmSync(folder, { recursive: true });
    expect(lock.isHeld()).toBe(false);
    const next = await takeLock(folder, { what: 'the folder' });
    await lock.release();
    expect([lock.isHeld(), next.isHeld()]).toEqual([false, true]);
    await next.release();
  });
});

describe.skipIf(NAMESPACES_MISSING !== '')(`a lock among containers and machines${NAMESPACES_MISSING}`, () => {
  each(2)<[Around, Around | undefined]>([
    ['container', undefined],
    ['container', 'container'],
    ['container with foreign /proc', 'container with foreign /proc'],
    ['container', 'no /proc'],
    ['no /proc', 'container'],
    ['no /proc', 'no /proc'],
    ['no /proc', undefined],
    ['after a restart', undefined],
  ])(
    'with its owner in a %s, asked for from %s, is refused as long as it lives, and given as soon as not',
    async (owner, asks) => {
      const folder = scratch();
      const first = await attempt(folder, 'holds', owner);
      expect(first.answer).toContain('taken');
      expect((await attempt(folder, 'holds', asks)).answer).toMatch(
        /^the folder is in use: process [0-9]+ .*\(holder\) has it/,
      );
      await first.kill();
      for (const where of [asks, owner]) {
        const next = await attempt(folder, 'holds', where);
        expect(next.answer).toContain('taken');
        await next.kill();
      }
    },
  );

  it('stays with a dead owner on another machine, until its file is removed by hand', async () => {
    const folder = scratch();
    const owner = await attempt(folder, 'holds', 'other machine');
    expect((await attempt(folder)).answer).toContain('has it');
    await owner.kill();
    const { answer } = await attempt(folder);
    expect(answer).toContain('on elsewhere');
    const [, file = ''] = /if elsewhere is gone for good, remove (\S+) and start again/.exec(answer) ?? [];
    rmSync(file);
    expect((await attempt(folder, 'ends')).answer).toContain('taken');
  });
});
