import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { daemonOf, post, until } from '../../support/daemon.js';
import { NAMESPACES_MISSING } from '../../support/namespaces.js';
import { each } from '../../support/runs.js';

const CONFIG = `
server: { port: 0 }
state_dir: ./state
pipelines:
  default: { stages: [{ filter: true }], outputs: [{ file: ./out.ndjson }] }
`;

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

describe.skipIf(NAMESPACES_MISSING !== '')(`a daemon in a container${NAMESPACES_MISSING}`, () => {
  each(2)([
    ['container', 'container'],
    ['container', undefined],
    ['no /proc', 'container'],
    ['no /proc', 'no /proc'],
  ] as const)('(%s) has its log to itself (%s), and killed leaves it to the next', async (where, others) => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG);
    const first = startCli(['serve'], { cwd, where });
    const daemon = await daemonOf(first, cwd).ready;
    const store = async (url: string, n: number): Promise<void> => {
      expect((await post(`${url}/events`, { n })).status).toBe(202);
      await until(() => linesOf(join(cwd, 'out.ndjson')).length === n, `event ${n} is out`);
    };
    await store(daemon.url, 1);
    for (const args of [
      ['serve'],
      ['replay', '--since', '0', '--to-outputs'],
      ['log', 'prune', '--older-than', '0s'],
    ]) {
      const { exit, stderr } = await runCli(args, { cwd, ...(others && { where: others }) });
      expect(exit).toBe(2);
      expect(stderr).not.toContain('the port is open');
      expect(stderr).toMatch(
        /the log .*data is in use: process [0-9]+ .*\(colloquium serve\) has it since .*\. Stop it first\./,
      );
    }
    await store(daemon.url, 2);
    await daemon.end('SIGKILL');
    const second = startCli(['serve'], { cwd, ...(others && { where: others }) });
    const next = await daemonOf(second, cwd).ready;
    await store(next.url, 3);
    expect(linesOf(join(cwd, 'out.ndjson'))).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    await next.end('SIGKILL');
    expect((await runCli(['log', 'prune', '--older-than', '0s'], { cwd })).exit).toBe(0);
  });

  it('is not backed up from another container by a process of the same number, and is by any other', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG);
    const first = startCli(['serve'], { cwd, where: 'container' });
    const daemon = await daemonOf(first, cwd).ready;
    expect((await post(`${daemon.url}/events`, 1, { 'idempotency-key': 'k' })).status).toBe(202);
    const refused = await runCli(['log', 'backup', 'one'], { cwd, where: 'container' });
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      expect.stringContaining('in another container writes to this log'),
    ]);
    expect((await runCli(['log', 'backup', 'two'], { cwd })).exit).toBe(0);
    await daemon.end('SIGKILL');
    expect((await runCli(['log', 'backup', 'three'], { cwd, where: 'container' })).exit).toBe(0);
  });

  it('on another machine that is gone for good leaves its log when its lock file is removed', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG);
    const first = startCli(['serve'], { cwd, where: 'other machine' });
    const daemon = await daemonOf(first, cwd).ready;
    await daemon.end('SIGKILL');
    const { exit, stderr } = await runCli(['serve'], { cwd });
    expect(exit).toBe(2);
    const [, file = ''] = /if elsewhere is gone for good, remove (\S+) and start again/.exec(stderr) ?? [];
    expect(file).toBe(join(cwd, 'data/lock.1'));
    rmSync(file);
    const second = startCli(['serve'], { cwd });
    await daemonOf(second, cwd).ready;
    second.kill();
    expect((await resultOf(second)).exit).toBe(0);
  });
});
