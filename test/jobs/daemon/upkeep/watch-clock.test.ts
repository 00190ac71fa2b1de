import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clockHealth, watchClock } from '../../../../src/jobs/daemon/upkeep/watch-clock.js';
import { Log } from '../../../../src/log/index.js';
import { emptyFolder, entry, optionsFor, worldAt } from '../../../log/support/log-folder.js';
import { post, startDaemon } from '../../../support/daemon.js';
import { scratch } from '../../../support/cli.js';

const DAY_MS = 86_400_000;

function watched() {
  const clock = { now: 1e12, elapsed: 0, aheadMs: 0 };
  const said: string[] = [];
  let steps = 0;
  const note = (message: string): void => void said.push(message);
  const look = watchClock({
    world: { now: () => clock.now, elapsed: () => clock.elapsed },
    talk: { warn: note, info: note },
    onStep: () => (steps += 1),
    aheadMs: () => clock.aheadMs,
  });
  const pass = (ms: number): void => {
    clock.now += ms;
    clock.elapsed += ms;
    look();
  };
  return { clock, said, pass, steps: () => steps };
}

describe('The clock of the machine', () => {
  it('that goes on as time does, or is set by a little, is not spoken of', () => {
    const { clock, said, pass, steps } = watched();
    for (const ms of [10_000, 3_600_000, 5]) pass(ms);
    clock.now += 1500;
    pass(10_000);
    expect([said, steps()]).toEqual([[], 0]);
  });

  it('that steps is told, ahead and back', () => {
    const { clock, said, pass, steps } = watched();
    clock.now += 2 * DAY_MS;
    pass(10_000);
    clock.now -= 2 * DAY_MS;
    pass(10_000);
    pass(10_000);
    expect(said).toEqual(['the clock of the machine stepped ahead', 'the clock of the machine stepped back']);
    expect(steps()).toBe(2);
  });

  it('that left events ahead is told once, with what to do, and when it has caught up', () => {
    const { clock, said, pass } = watched();
    clock.aheadMs = 2 * DAY_MS;
    pass(1);
    pass(1);
    clock.aheadMs = 0;
    pass(1);
    expect(said).toEqual([
      expect.stringContaining('move the folder of the log aside'),
      expect.stringContaining('again'),
    ]);
    expect(clockHealth(2 * DAY_MS, 1e12)).toMatchObject([{ name: 'clock', status: 'degraded' }]);
    expect(clockHealth(5, 1e12)).toEqual([]);
  });

  it('that was two days ahead shows in the log, in /health and in the metrics of a daemon', async () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'data'));
    const log = await Log.open(worldAt({ now: Date.now() + 2 * DAY_MS }), optionsFor(join(cwd, 'data')));
    await log.append([entry(1)]);
    await log.close();
    const daemon = await startDaemon('', { cwd });
    await daemon.says('the clock was ahead once');
    expect((await post(`${daemon.url}/events`, { n: 1 })).status).toBe(202);
    const health = (await (await fetch(`${daemon.url}/health`)).json()) as {
      readonly components: readonly { readonly name: string; readonly status: string }[];
    };
    expect(health.components.find(({ name }) => name === 'clock')?.status).toBe('degraded');
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
    expect(Number(/^colloquium_log_clock_ahead_seconds (.+)$/m.exec(metrics)?.[1])).toBeGreaterThan(172_000);
    await daemon.end();
  });

  it('that is right is not a part of /health', async () => {
    const folder = await emptyFolder();
    const log = await Log.open(worldAt({ now: 1000 }), optionsFor(folder));
    await log.append([entry(1)]);
    expect(log.stats().clockAheadMs).toBe(0);
    await log.close();
  });
});
